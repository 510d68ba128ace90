import { expect } from "chai";
import { joinEntity } from "../../../../devserver/room.ts";
import type { CallFailure } from "../../../../agent/roomserver/room-server.ts";
import type { RoomState } from "../../../../agent/plan/room-state.ts";
import { A_ROOM, anEntity } from "../../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../../support/fake-room-server.ts";
import { PassWorld } from "../../../support/pass-world.ts";

const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

function withoutFingerprints(state: RoomState): RoomState {
  return {
    ...state,
    artifacts: state.artifacts.map(({ fingerprint: _unsaid, ...artifact }) => artifact),
  };
}

/** A pass that is cut off when VERIFY is to read: what was not answered stays open. */
async function cutOff(world: PassWorld): Promise<void> {
  world.server.failAt("readState", 2, UNREACHABLE);
  const { report } = await world.pass();
  expect(report).to.deep.include({ phase: "VERIFY" });
  expect(report.outcome).to.deep.include({ kind: "failed", reason: "RoomServerUnavailable" });
}

describe("open intents", () => {
  it("stay open when VERIFY cannot read, and the next pass repeats none that happened", async () => {
    const world = new PassWorld();
    await world.push({
      entities: ["E-1", "E-2"],
      artifacts: [{ name: "notes", promoteAfterSeed: true }],
    });
    world.server.failAfterWorkAt("join", 2, TIMEOUT);
    world.server.failAfterWorkAt("seed", 1, TIMEOUT);
    await cutOff(world);
    expect(world.intents()).to.deep.equal([
      "join entity/E-1 done",
      "join entity/E-2 open",
      "seed artifact/notes open",
      "promote artifact/notes abandoned",
    ]);
    const effects = [...world.server.effects];
    const { report } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.server.effects.slice(effects.length)).to.deep.equal(["promote notes"]);
    expect(world.intents().slice(0, 4)).to.deep.equal([
      "join entity/E-1 done",
      "join entity/E-2 done",
      "seed artifact/notes done",
      "promote artifact/notes abandoned",
    ]);
    expect((await world.row()).inventory).to.deep.equal([
      "artifact/notes",
      "entity/E-1",
      "entity/E-2",
    ]);
  });

  it("are settled before anything is planned, and the audit says by whom they were tried", async () => {
    const world = new PassWorld();
    await world.push({ version: 7, entities: ["E-1"] });
    world.server.failAfterWorkAt("join", 1, TIMEOUT);
    await cutOff(world);
    await world.push({ version: 8, entities: ["E-1"] });
    await world.pass({ correlationId: "later" });
    const records = await world.store.readAudit({ count: 100, correlationId: "later" });
    expect(records[0]).to.deep.include({ action: "entity.joined", specVersion: 7 });
    expect(records[0]?.metadata).to.deep.include({
      outcome: "done",
      settledByRead: true,
      attemptedBy: "pass-1",
      revision: "main@sha1:1",
    });
  });

  it("keep a room from any write until a read settles them", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    world.server.failAt("join", 1, TIMEOUT);
    await cutOff(world);
    const writes = world.server.writes.length;
    world.server.failAt("readState", 1, UNREACHABLE);
    const { report, requeue } = await world.pass();
    expect(report).to.deep.include({ phase: "PLANNING" });
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "RoomServerUnavailable" });
    expect(requeue.kind).to.equal("backoff");
    expect(world.server.writes).to.have.length(writes);
    expect(world.intents()).to.deep.equal(["join entity/E-1 open"]);
    expect(await world.converge()).to.deep.equal(["converged"]);
  });

  it("are not settled by the state of another room", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    await world.push({ version: 2, entities: ["E-1", "E-2"] });
    world.server.failAt("kick", 1, TIMEOUT);
    await cutOff(world);
    world.server.view = (state) => ({ ...state, roomId: "room-other", entities: [] });
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "SuspiciousRead" });
    expect(world.intents().at(-1)).to.equal("kick entity/E-3 open");
  });

  it("use up the confirmation of what turns out to be removed, and keep that of what is not", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: [] });
    await world.confirm(["entity/E-1", "entity/E-2"]);
    world.server.failAfterWorkAt("kick", 1, TIMEOUT);
    world.server.failAt("kick", 2, TIMEOUT);
    await cutOff(world);
    expect(await world.covered()).to.deep.equal(["entity/E-1", "entity/E-2"]);
    await world.pass({ dryRun: true, trigger: "apply" });
    expect(await world.covered()).to.deep.equal(["entity/E-2"]);
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(world.server.effects).to.deep.equal(["kick E-1", "kick E-2"]);
  });

  it("ask for the fingerprint of a seed where the state does not carry it", async () => {
    const world = new PassWorld();
    world.server.view = withoutFingerprints;
    await world.push({ artifacts: ["notes", "plan"] });
    world.server.failAfterWorkAt("seed", 1, TIMEOUT);
    await cutOff(world);
    const asked = world.server.calls.length;
    await world.converge();
    expect(world.server.effects).to.deep.equal(["seed notes", "seed plan"]);
    expect(world.intents()).to.deep.equal(["seed artifact/notes done", "seed artifact/plan done"]);
    expect(
      world.server.calls
        .slice(asked)
        .filter(({ operation }) => operation === "readFingerprint")
        .map(({ target }) => target),
    ).to.deep.equal(["notes", "notes", "plan"]);
  });

  it("stay open while the fingerprint cannot be read", async () => {
    const world = new PassWorld();
    world.server.view = withoutFingerprints;
    await world.push({ artifacts: ["notes"] });
    world.server.failAfterWorkAt("seed", 1, TIMEOUT);
    await cutOff(world);
    world.server.failAt("readFingerprint", 1, UNREACHABLE);
    expect((await world.pass()).report.outcome.kind).to.equal("failed");
    expect(world.intents()).to.deep.equal(["seed artifact/notes open"]);
  });

  it("of a room that nobody owns any more are settled too", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    world.server.failAfterWorkAt("join", 1, TIMEOUT);
    await cutOff(world);
    await world.change({ owner: null });
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "waiting", reason: "Orphaned" });
    expect(world.intents()).to.deep.equal(["join entity/E-1 done"]);
    expect((await world.row()).inventory).to.deep.equal(["entity/E-1"]);
  });

  it("of VERIFY are settled by its own read", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    world.server.failAfterWorkAt("join", 1, TIMEOUT);
    world.server.before = ({ operation, target }) => {
      if (operation === "join" && target === "E-2") {
        world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-2"), 1).room);
      }
    };
    const { report } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(await world.ends()).to.deep.equal(["entity/E-1 done", "entity/E-2 done"]);
    expect(await world.row()).to.deep.include({ inventory: ["entity/E-1", "entity/E-2"] });
  });
});
