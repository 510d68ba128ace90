import { expect } from "chai";
import type { HistoryRow } from "../../../agent/room/rows.ts";
import { aHistoryRow, aRoomRow } from "../../support/a-row.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { type RunningApi, byProblem, startApi } from "../../support/running-api.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";

describe("POST /apply with a specVersion", () => {
  let api: RunningApi;
  beforeEach(async () => {
    api = await startApi();
    await api.store.write([{ kind: "room", row: aRoomRow({ roomId: ROOM }) }]);
  });
  afterEach(() => api.stop());

  /** Keeps a spec of this version in the room's history; `entity` makes it another content. */
  async function keep(version: number, entity: string, over: Partial<HistoryRow> = {}) {
    const text = specYaml({ roomId: ROOM, version, entities: [entity] });
    const specOid = `oid-${version}-${entity}`;
    const specDigest = Buffer.from(entity.padEnd(32, "0")).toString("hex");
    const revision = `main@sha1:${version}${entity}`;
    const row = aHistoryRow({ specVersion: version, specOid, specDigest, revision, ...over });
    await api.store.write([
      { kind: "spec", specOid, text: Buffer.from(text), spec: aRoomSpec() },
      { kind: "history", row },
    ]);
    return { text, specDigest };
  }

  it("posts the spec that the history holds", async () => {
    await keep(2, "E-2");
    const { text } = await keep(1, "E-1");
    const reply = await api.apply({ roomId: ROOM, specVersion: 1 }, { "X-Override": "true" });
    expect(reply.status, reply.text).to.equal(200);
    const [asked] = api.operator.specs;
    expect(asked).to.include({ roomId: ROOM, override: true });
    expect(Buffer.from(asked?.text ?? []).toString()).to.equal(text);
    expect(asked?.spec.spec.entities.map(({ id }) => id)).to.deep.equal(["E-1"]);
  });

  it("asks for a specDigest where the version has several contents", async () => {
    const digests = [(await keep(1, "E-a")).specDigest, (await keep(1, "E-b")).specDigest];
    const reply = await api.apply({ roomId: ROOM, specVersion: 1 });
    expect(reply.status).to.equal(400);
    const { code, detail, errors } = byProblem(reply);
    expect(code).to.equal("InvalidBody");
    expect(detail).to.match(/2 contents.*specDigest/);
    expect(errors.map(({ message }) => message)).to.have.members(digests);
    const chosen = { roomId: ROOM, specVersion: 1, specDigest: digests[0] };
    expect((await api.apply(chosen)).status).to.equal(200);
    expect(api.operator.specs[0]?.spec.spec.entities.map(({ id }) => id)).to.deep.equal(["E-a"]);
    const other = { ...chosen, specDigest: "0".repeat(64) };
    expect(byProblem(await api.apply(other))).to.include({ code: "UnknownVersion", status: 404 });
  });

  it("is not found where the history holds no such version, or not its text any more", async () => {
    expect(byProblem(await api.apply({ roomId: ROOM, specVersion: 7 }))).to.include({
      status: 404,
      code: "UnknownVersion",
    });
    expect(byProblem(await api.apply({ roomId: "room-none", specVersion: 7 }))).to.include({
      status: 404,
      code: "UnknownRoom",
    });
    await api.store.write([
      { kind: "history", row: aHistoryRow({ specVersion: 3, specOid: "gone" }) },
    ]);
    const gone = byProblem(await api.apply({ roomId: ROOM, specVersion: 3 }));
    expect(gone).to.include({ status: 404, code: "UnknownVersion" });
    expect(gone.detail).to.include("not kept any more");
  });

  it("says the form for the answer of GET /rooms/{roomId}/versions/N sent back", async () => {
    await keep(2, "E-2");
    const version = await api.ask(`/rooms/${ROOM}/versions/2`);
    const problem = byProblem(await api.apply(version.json));
    expect(problem).to.include({ status: 400, code: "InvalidBody" });
    expect(problem.detail).to.include('{"roomId": "…", "specVersion": 1}');
  });

  for (const body of [
    { roomId: ROOM, specVersion: "1" },
    { roomId: ROOM, specVersion: -1 },
    { roomId: ROOM, specDigest: "0".repeat(64) },
    { roomId: ROOM, specVersion: 1, specDigest: "x" },
  ]) {
    it(`refuses ${JSON.stringify(body)}`, async () => {
      expect(byProblem(await api.apply(body))).to.include({ status: 400, code: "InvalidBody" });
    });
  }
});

describe("a body with a member given twice", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const spec = JSON.stringify(aRoomSpec({ entities: ["E-1"] }));
  const bodies: Readonly<Record<string, string>> = {
    roomId: `{"roomId":"a-01","roomId":"b-01"}`,
    "roomId, equal": `{"roomId":"a-01","roomId":"a-01"}`,
    nested: `{"roomId":"a-01","specVersion":1,"x":{"a":1,"a":2}}`,
    "written with an escape": `{"roomId":"a-01","room\\u0049d":"b-01"}`,
    "spec as a wrapper": `{"spec":${spec},"spec":${spec}}`,
    "in a RoomSpec": spec.replace('"entities":', '"entities":[],"entities":'),
    "deep in a RoomSpec": spec.replace('"id":"E-1"', '"id":"E-0","id":"E-1"'),
  };
  for (const [name, body] of Object.entries(bodies)) {
    for (const type of ["application/json", "application/yaml"]) {
      it(`is refused with its place: ${name} as ${type}`, async () => {
        expect(body).to.match(/./);
        const headers = { "Content-Type": type };
        const reply = await api.ask("/apply", { method: "POST", headers, body });
        expect(reply.status, reply.text).to.equal(400);
        const { errors } = byProblem(reply);
        expect(JSON.stringify(errors))
          .to.match(/"line":1,"column":\d+/)
          .and.include("twice");
        expect(api.operator.rooms.length + api.operator.specs.length).to.equal(0);
      });
    }
  }

  it("is refused where a head is accepted, too", async () => {
    const [one, other] = ["a".repeat(40), "b".repeat(40)];
    const body = `{"head":"${one}","head":"${other}"}`;
    const headers = { "Content-Type": "application/json" };
    const reply = await api.ask("/sources/specs/accept", { method: "POST", headers, body });
    expect(byProblem(reply)).to.include({ status: 400, code: "InvalidBody" });
    expect(api.operator.accepted).to.deep.equal([]);
  });
});
