import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const refusal = (message: string): CallFailure => ({ kind: "refused", status: 422, message });
const DAY_MS = 86_400_000;

describe("a change that fails in each pass", () => {
  let world: PassWorld;
  let message: string;
  let seen: number;

  /** E-4 is refused, and E-3 stays because of it. */
  beforeEach(async () => {
    world = new PassWorld({ rollback: { mode: "off", failureRatio: 0.5 } });
    message = "no such capability";
    seen = 0;
    await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    world.server.refuse = ({ id }) => (id === "E-4" ? refusal(message) : null);
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-4"] });
    await fresh();
  });

  const records = () => world.store.readAudit({ count: 10_000, roomId: A_ROOM });

  /** The records since the last call. */
  async function fresh(): Promise<readonly AuditRecord[]> {
    const all = await records();
    const from = seen;
    seen = all.length;
    return all.slice(from);
  }

  async function lines(): Promise<readonly string[]> {
    return (await fresh()).map(({ action, metadata }) =>
      [action, metadata["entityId"], metadata["outcome"], metadata["repeats"]]
        .filter((part) => typeof part === "string" || typeof part === "number")
        .join(" "),
    );
  }

  const BEGIN = [
    "entity.joined.intended E-4",
    "entity.kicked.intended E-3",
    "entity.joined E-4 failed",
    "entity.kicked E-3 abandoned",
    "room.failed partial",
  ];

  it("is on record when it begins, and not again while nothing of it changes", async () => {
    await world.pass();
    expect(await lines()).to.have.members(BEGIN.map((line) => line.replace("partial", "failed")));
    for (let pass = 0; pass < 2; pass += 1) await world.pass();
    await fresh();
    for (let pass = 0; pass < 20; pass += 1) await world.pass();
    expect(await lines()).to.deep.equal([]);
    expect(world.server.writes.filter((write) => write === "join E-4")).to.have.length(23);
  });

  it("has a durable intent before each call all the same", async () => {
    await world.pass();
    world.server.before = ({ operation }) => {
      if (operation === "join")
        expect(world.intents().slice(-2)).to.deep.equal([
          "join entity/E-4 open",
          "kick entity/E-3 open",
        ]);
    };
    await world.pass();
    expect(world.intents().slice(-2)).to.deep.equal([
      "join entity/E-4 failed",
      "kick entity/E-3 abandoned",
    ]);
  });

  it("is on record when the RoomServer says something else, with how often it had said the same", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    message = "no such entity";
    await world.pass();
    expect((await lines()).filter((line) => line.startsWith("entity."))).to.deep.equal([
      "entity.joined.intended E-4",
      "entity.joined E-4 failed 3",
    ]);
  });

  it("is the same failure whatever time and id the RoomServer gives it", async () => {
    const at = (time: string, id: string) => `at ${time} (trace ${id}): no such capability`;
    message = at("2026-11-30T10:00:00.000Z", "4f1d0c9a-6a0e-4a43-9f0b-2b6f6a4a1111");
    for (let pass = 0; pass < 3; pass += 1) await world.pass();
    await fresh();
    message = at("2026-11-30T10:05:00.123Z", "0af7651916cd43dd8448eb211c80319c");
    await world.pass();
    expect(await lines()).to.deep.equal([]);
  });

  it("is on record when the inputs change", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await world.push({ version: 3, entities: ["E-1", "E-2", "E-4"] });
    await fresh();
    await world.pass();
    expect(await lines()).to.include.members(BEGIN.slice(0, 4));
  });

  it("is on record when it ends, each effect with its intent", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    world.server.refuse = () => null;
    const intendedMs = world.clock.nowMs();
    world.server.before = async ({ operation }) => {
      if (operation === "join") await world.clock.advance(1000);
    };
    await world.pass();
    const ended = await fresh();
    const ofE4 = ended.filter(({ metadata }) => metadata["entityId"] === "E-4");
    expect(ofE4.map(({ action }) => action)).to.deep.equal([
      "entity.joined.intended",
      "entity.joined",
    ]);
    const [intended, joined] = ofE4;
    expect(intended?.metadata["requestId"]).to.equal(joined?.metadata["requestId"]);
    expect(Date.parse(intended?.timestamp ?? "")).to.equal(intendedMs);
    expect(joined?.metadata).to.include({ outcome: "done", repeats: 3 });
    const kicked = ended.filter(({ metadata }) => metadata["entityId"] === "E-3");
    expect(kicked.map(({ metadata }) => metadata["outcome"])).to.deep.equal([undefined, "done"]);
    expect(ended.at(-1)?.action).to.equal("room.converged");
    expect((await world.row()).equalFailures).to.deep.equal([]);
  });

  it("is on record when it ends without the agent", async () => {
    await world.push({ version: 3, entities: ["E-1", "E-2", "E-4", "E-5"] });
    const open = world.server.refuse;
    world.server.refuse = (entity, roomId) =>
      entity.id === "E-5" ? refusal("full") : open(entity, roomId);
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: [...room.entities, { ...room.entities[0]!, id: "E-4" }],
    }));
    await world.pass();
    expect((await lines()).filter((line) => line.startsWith("room."))).to.have.length(1);
  });

  it("is on record once a day as long as it lasts", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    await world.clock.advance(DAY_MS);
    await world.pass();
    expect(await lines()).to.deep.equal([
      "entity.joined.intended E-4",
      "entity.kicked.intended E-3",
      "entity.joined E-4 failed 3",
      "entity.kicked E-3 abandoned 3",
    ]);
    await world.pass();
    expect(await lines()).to.deep.equal([]);
  });

  it("is on record for a person who asks for it", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    await world.pass({ trigger: "apply", correlationId: "asked" });
    const asked = (await fresh()).filter(({ correlationId }) => correlationId === "asked");
    expect(asked.map(({ action }) => action)).to.include.members([
      "entity.joined.intended",
      "entity.joined",
      "entity.kicked.intended",
      "entity.kicked",
    ]);
  });

  it("is on record with what a crash left open", async () => {
    for (let pass = 0; pass < 4; pass += 1) await world.pass();
    await fresh();
    world.server.refuse = () => null;
    world.server.after = ({ operation }) => {
      if (operation === "join") throw new Error("killed");
    };
    let killed = "";
    await world.pass({ correlationId: "cut" }).catch((error: unknown) => {
      killed = String(error);
    });
    expect(killed).to.include("killed");
    expect(await lines()).to.deep.equal([]);
    world.server.after = () => undefined;
    world.restart();
    await world.pass();
    const joined = (await fresh()).filter(({ metadata }) => metadata["entityId"] === "E-4");
    expect(joined.map(({ action, correlationId }) => `${action} ${correlationId}`)).to.include(
      "entity.joined.intended cut",
    );
    expect(joined.at(-1)?.metadata).to.include({ outcome: "done", attemptedBy: "cut" });
  });

  for (const failure of [
    { kind: "unavailable", message: "timeout", maybeDone: true },
    { kind: "wrongProtocol", message: "a page" },
  ] satisfies readonly CallFailure[]) {
    it(`is on record in each pass where it may have changed something (${failure.kind})`, async () => {
      world.server.refuse = ({ id }) => (id === "E-4" ? failure : null);
      for (let pass = 0; pass < 3; pass += 1) await world.pass();
      await fresh();
      await world.pass();
      expect((await lines()).filter((line) => line.includes("joined"))).to.have.length(2);
    });
  }

  it("is on record where the item is neither as wanted nor as it was", async () => {
    for (let pass = 0; pass < 3; pass += 1) await world.pass();
    await fresh();
    world.server.refuse = ({ id }) => {
      if (id !== "E-4") return null;
      world.server.change(A_ROOM, (room) => {
        const [first] = room.entities;
        if (first === undefined) throw new Error("the room is empty");
        return { ...room, entities: [...room.entities, { ...first, id: "E-4", displayName: "X" }] };
      });
      return refusal(message);
    };
    await world.pass();
    const joins = (await lines()).filter((line) => line.includes("E-4"));
    expect(joins).to.deep.equal(["entity.joined.intended E-4", "entity.joined E-4 failed 2"]);
  });

  const BACK = { "could not be joined back": () => true, "was joined back": isNew };
  for (const [what, isRefused] of Object.entries(BACK)) {
    it(`is on record in each pass where an update took its entity out, and it ${what}`, async () => {
      world.server.refuse = () => null;
      await world.push({ version: 3, entities: ["E-1", "E-2", "E-3"] });
      await world.converge();
      const entities = [{ id: "E-1", displayName: "New" }, "E-2", "E-3"];
      world.server.refuse = (entity) =>
        entity.id === "E-1" && isRefused(entity) ? refusal("no") : null;
      await world.push({ version: 4, entities });
      await world.pass();
      const updated = (await records()).filter(({ action }) => action.startsWith("entity.updated"));
      expect(updated).to.have.length(2);
      expect((await world.row()).equalFailures ?? []).to.deep.equal([]);
    });
  }
});

function isNew({ displayName }: { readonly displayName: string | null }): boolean {
  return displayName === "New";
}
