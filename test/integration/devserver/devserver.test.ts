import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { createDevserver } from "../../../devserver/devserver.ts";
import type { Devserver, DevserverOptions } from "../../../devserver/devserver.ts";
import { readLog, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

describe("The devserver", () => {
  const running: Devserver[] = [];
  afterEach(() => Promise.all(running.splice(0).map((devserver) => devserver.stop())));

  async function start(options: DevserverOptions = {}): Promise<string> {
    const devserver = createDevserver({ port: 0, ...options });
    running.push(devserver);
    return (await devserver.start()).url;
  }

  async function call(method: string, url: string, body?: unknown) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body: text }),
    });
    const content = await answer.text();
    return { status: answer.status, body: content.startsWith("{") ? JSON.parse(content) : content };
  }

  const JOIN = { roomId: "room-a", entityId: "E-1", kind: "agent" };

  it("answers a bad room id with 400 and an unknown room with empty lists", async () => {
    const url = await start();
    expect(await call("GET", `${url}/room/-x/state`)).to.deep.include({ status: 400 });
    const { status, body } = await call("GET", `${url}/room/room-new/state`);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ roomId: "room-new", status: "init", entities: [] });
  });

  it("shows every member of state that a description of the contract names", async () => {
    const url = await start();
    await call("POST", `${url}/room/room-a/join`, JOIN);
    await call("PUT", `${url}/_dev/rooms/room-b`, {
      artifacts: [{ name: "notes", content: "hello" }],
      resources: [{ name: "search", type: "mcp-tool" }],
    });
    const a = (await call("GET", `${url}/room/room-a/state`)).body;
    const members = "roomId status entities artifacts policies resources lastUpdated";
    expect(a).to.have.all.keys(members.split(" "));
    const attributes = "id kind displayName visibility ownerUserId capabilities policy isConnected";
    expect(a.entities[0]).to.have.all.keys(attributes.split(" "));
    const b = (await call("GET", `${url}/room/room-b/state`)).body;
    const hash = "84d5f3e924fe7993df48fbbaea1ffbb05bf947636d583fb82c69e6259e748656";
    expect(b.artifacts[0]).to.deep.include({ name: "notes", size: 5, hash, contentHash: hash });
    expect(b.artifacts[0]).to.include.keys("tags", "createdAt", "isPromoted", "workspace", "type");
    expect(b.resources[0]).to.deep.equal({
      name: "search",
      type: "mcp-tool",
      status: "PENDING",
      config: {},
    });
  });

  it("takes the form a .NET client writes", async () => {
    const url = await start();
    const text = "Content-Type: text/plain; charset=utf-8\r\n";
    const body = [
      `--b-1\r\n${text}Content-Disposition: form-data; name=name\r\n\r\nrelatório\r\n`,
      `--b-1\r\n${text}Content-Disposition: form-data; name=type\r\n\r\ndocument\r\n`,
      `--b-1\r\n${text}Content-Disposition: form-data; name=workspace\r\n\r\nshared\r\n`,
      `--b-1\r\n${text}Content-Disposition: form-data; name=tags\r\n\r\n\r\n`,
      `--b-1\r\nContent-Disposition: form-data; name=file; `,
      `filename="=?utf-8?B?cmVsYXTDs3Jpbw==?="; filename*=utf-8''relat%C3%B3rio\r\n\r\nhello\r\n`,
      "--b-1--\r\n",
    ].join("");
    const answer = await fetch(`${url}/room/room-a/artifacts/seed`, {
      method: "POST",
      headers: { "Content-Type": 'multipart/form-data; boundary="b-1"' },
      body,
    });
    expect(answer.status).to.equal(200);
    const { artifacts } = (await call("GET", `${url}/room/room-a/state`)).body;
    expect(artifacts[0]).to.deep.include({ name: "relatório", tags: [], size: 5 });
  });

  for (const { name, path, body } of [
    { name: "no JSON", path: "room/room-a/join", body: "{" },
    { name: "no entity id", path: "room/room-a/join", body: { ...JOIN, entityId: "" } },
    { name: "an unknown kind", path: "room/room-a/join", body: { ...JOIN, kind: "robot" } },
    { name: "another room", path: "room/room-a/join", body: { ...JOIN, roomId: "room-b" } },
    { name: "no policy name", path: "room/room-a/policies", body: { roomId: "room-a" } },
    { name: "a form that is none", path: "room/room-a/artifacts/seed", body: "hello" },
    { name: "a broken escape", path: "room/%zz/join", body: JOIN },
  ]) {
    it(`answers ${name} with 400 and logs no write`, async () => {
      const url = await start();
      const answer = await call("POST", `${url}/${path}`, body);
      expect(answer.status).to.equal(400);
      expect(await readLog(url)).to.deep.equal([]);
    });
  }

  it("tells a route that is missing from a thing that is missing", async () => {
    const url = await start();
    const thing = await call("DELETE", `${url}/room/room-a/entities/E-1`);
    expect(thing.status).to.equal(404);
    expect(thing.body.error).to.equal("ENTITY_NOT_FOUND");
    const route = await call("DELETE", `${url}/rooms/room-a/entities/E-1`);
    expect(route.status).to.equal(404);
    expect(route.body.error).to.equal("ROUTE_NOT_FOUND");
    expect((await call("PUT", `${url}/room/room-a/join`, JOIN)).status).to.equal(405);
  });

  it("asks for its token where it has one, except for health", async () => {
    const url = await start({ token: "s3cret" });
    const without = await call("GET", `${url}/room/room-a/state`);
    expect(without).to.deep.include({ status: 401 });
    expect(without.body.error).to.equal("INVALID_TOKEN");
    const withToken = await fetch(`${url}/room/room-a/state`, {
      headers: { Authorization: "Bearer s3cret" },
    });
    expect(withToken.status).to.equal(200);
    expect((await call("GET", `${url}/health`)).status).to.equal(200);
  });

  it("logs each write with its target, its request id and whether it changed anything", async () => {
    const url = await start();
    const headers = { "X-Request-Id": "action-1" };
    const body = JSON.stringify(JOIN);
    await fetch(`${url}/room/room-a/join`, { method: "POST", headers, body });
    await call("POST", `${url}/room/room-a/join`, JOIN);
    await call("POST", `${url}/mcp/resources`, { roomId: "room-a", name: "s", type: "mcp-tool" });
    const policy = { roomId: "room-a", policyName: "dmVisibilityDefault", policyValue: "team" };
    await call("POST", `${url}/room/room-a/policies`, policy);
    await call("POST", `${url}/room/room-a/policies`, policy);
    const entries = await readLog(url);
    expect(
      entries.map(({ seq, op, room, target, requestId, effect }) => [
        seq,
        op,
        room,
        target,
        requestId,
        effect,
      ]),
    ).to.deep.equal([
      [1, "join", "room-a", "E-1", "action-1", true],
      [2, "join", "room-a", "E-1", null, false],
      [3, "resource", "room-a", "s", null, true],
      [4, "policy", "room-a", "dmVisibilityDefault", null, true],
      [5, "policy", "room-a", "dmVisibilityDefault", null, false],
    ]);
    expect(entries[0]?.at).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const later = (await call("GET", `${url}/_dev/log?after=3`)).body.entries;
    expect(later.map(({ seq }: { seq: number }) => seq)).to.deep.equal([4, 5]);
  });

  it("shows stale state, empty lists and lies only while their switches are on", async () => {
    const url = await start();
    const ids = async () =>
      (await call("GET", `${url}/room/room-a/state`)).body.entities.map(
        ({ id }: { id: string }) => id,
      );
    await call("POST", `${url}/room/room-a/join`, JOIN);
    await setFaults(url, { kind: "staleState" });
    await call("POST", `${url}/room/room-a/join`, { ...JOIN, entityId: "E-2" });
    expect(await ids()).to.deep.equal(["E-1"]);
    await setFaults(url, { kind: "emptyState" });
    expect(await ids()).to.deep.equal([]);
    await setFaults(url, { kind: "lie", operation: "kick", count: 1 });
    expect((await call("DELETE", `${url}/room/room-a/entities/E-1`)).status).to.equal(200);
    expect(await ids()).to.deep.equal(["E-1", "E-2"]);
    expect((await readLog(url)).at(-1)).to.deep.include({ op: "kick", effect: false });
    expect((await call("GET", `${url}/_dev/faults`)).body).to.deep.equal({ faults: [] });
  });

  it("shows what is in another room under the name that was asked for, while its switch is on", async () => {
    const url = await start();
    await call("POST", `${url}/room/room-a/join`, JOIN);
    await call("POST", `${url}/room/room-b/join`, { ...JOIN, roomId: "room-b", entityId: "E-9" });
    await setFaults(url, { kind: "contentsOf", other: "room-b", room: "room-a" });
    const state = (await call("GET", `${url}/room/room-a/state`)).body;
    expect(state).to.have.property("roomId", "room-a");
    expect(state.entities.map(({ id }: { id: string }) => id)).to.deep.equal(["E-9"]);
    await setFaults(url);
    const { entities } = (await call("GET", `${url}/room/room-a/state`)).body;
    expect(entities.map(({ id }: { id: string }) => id)).to.deep.equal(["E-1"]);
  });

  it("hits every third of the calls that a switch is for, as often as it counts", async () => {
    const url = await start();
    const fault = { kind: "status", operation: "state", status: 503 } as const;
    await setFaults(url, { ...fault, every: 3, count: 2 });
    const statuses = [];
    for (let at = 1; at <= 9; at += 1) {
      await call("GET", `${url}/room/room-a/artifacts/x/hash`);
      statuses.push((await call("GET", `${url}/room/room-a/state`)).status);
    }
    expect(statuses).to.deep.equal([200, 200, 503, 200, 200, 503, 200, 200, 200]);
  });

  it("shows half of a room while its switch is on", async () => {
    const url = await start();
    const ids = async () =>
      (await call("GET", `${url}/room/room-a/state`)).body.entities.map(
        ({ id }: { id: string }) => id,
      );
    for (const entityId of ["E-1", "E-2", "E-3"])
      await call("POST", `${url}/room/room-a/join`, { ...JOIN, entityId });
    await setFaults(url, { kind: "halfState", room: "room-a", count: 1 });
    expect(await ids()).to.deep.equal(["E-1"]);
    expect(await ids()).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("has done its work while an answer is held back after it", async () => {
    const url = await start();
    const late = { kind: "latency", operation: "join", ms: 60_000, afterWork: true } as const;
    await setFaults(url, late);
    const leaving = new AbortController();
    const body = JSON.stringify(JOIN);
    const joining = rejection(
      fetch(`${url}/room/room-a/join`, { method: "POST", body, signal: leaving.signal }),
    );
    await eventually("the join is done", async () => (await readLog(url)).length === 1);
    leaving.abort();
    await joining;
    expect((await call("GET", `${url}/room/room-a/state`)).body.entities).to.have.length(1);
  });

  it("spoils only the room a switch names", async () => {
    const url = await start();
    await setFaults(url, { kind: "status", status: 503, room: "room-a" });
    expect((await call("GET", `${url}/room/room-a/state`)).status).to.equal(503);
    expect((await call("GET", `${url}/room/room-b/state`)).status).to.equal(200);
  });

  it("refuses switches it does not know and keeps those it has", async () => {
    const url = await start();
    await setFaults(url, { kind: "omitPolicy" });
    const answer = await call("PUT", `${url}/_dev/faults`, { faults: [{ kind: "gremlin" }] });
    expect(answer.status).to.equal(400);
    const { faults } = (await call("GET", `${url}/_dev/faults`)).body;
    expect(faults).to.deep.equal([{ kind: "omitPolicy" }]);
    const cleared = await call("DELETE", `${url}/_dev/faults`);
    expect(cleared.body).to.deep.equal({ faults: [] });
  });

  it("sets rooms, lists them and forgets them", async () => {
    const url = await start();
    const put = await call("PUT", `${url}/_dev/rooms/room-a`, {
      entities: [{ id: "E-9", kind: "human" }],
    });
    expect(put.body.entities[0]).to.include({ id: "E-9", visibility: "team" });
    const listed = (await call("GET", `${url}/_dev/rooms`)).body.rooms;
    expect(listed.map(({ roomId }: { roomId: string }) => roomId)).to.deep.equal(["room-a"]);
    await call("DELETE", `${url}/_dev/rooms`);
    expect((await call("GET", `${url}/room/room-a/state`)).body.entities).to.deep.equal([]);
  });

  it("refuses a body over its limit and still answers", async () => {
    const url = await start();
    const body = new Uint8Array(65 * 1024 * 1024);
    const answer = await fetch(`${url}/room/room-a/join`, { method: "POST", body }).catch(
      (error: unknown) => error,
    );
    // The answer may come while the upload is still going on; a client that writes on sees the connection close.
    if (answer instanceof Response) expect(answer.status).to.equal(413);
    expect((await call("GET", `${url}/health`)).status).to.equal(200);
  });

  it("names the port that is in use", async () => {
    const url = await start();
    const port = Number(new URL(url).port);
    const second = createDevserver({ port });
    const error = await rejection(second.start());
    expect(error).to.be.instanceOf(OperatorError);
    expect((error as OperatorError).code).to.equal("PortInUse");
    await second.stop();
  });

  it("stops with calls hanging, twice, and starts again with its rooms", async () => {
    const devserver = createDevserver({ port: 0 });
    const { url } = await devserver.start();
    await call("POST", `${url}/room/room-a/join`, JOIN);
    await setFaults(url, { kind: "hang" });
    const hanging = rejection(fetch(`${url}/room/room-a/state`));
    await Promise.all([devserver.stop(), devserver.stop()]);
    await hanging;
    const again = await devserver.start();
    running.push(devserver);
    await setFaults(again.url);
    const { body } = await call("GET", `${again.url}/room/room-a/state`);
    expect(body.entities).to.have.length(1);
  });
});
