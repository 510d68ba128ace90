import { expect } from "chai";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

const REFUSED: CallFailure = { kind: "refused", status: 422, message: "no" };
const UNAUTHORIZED: CallFailure = { kind: "unauthorized", status: 401, message: "token expired" };
const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

describe("APPLY", () => {
  it("has every intent on record before its first call", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"], policies: { maxArtifactsPerEntity: 7 } });
    const seen: (readonly string[])[] = [];
    world.server.before = ({ operation }) => {
      if (operation !== "readState") seen.push(world.intents());
    };
    await world.pass();
    expect(seen[0]).to.deep.equal([
      "join entity/E-1 open",
      "join entity/E-2 open",
      "setPolicy policy/maxArtifactsPerEntity open",
    ]);
    expect(world.intents().every((intent) => intent.endsWith(" done"))).to.equal(true);
  });

  it("gives each action its intent's id and all of them the pass's correlation id", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    await world.pass({ correlationId: "corr-7" });
    const calls = world.server.calls.filter(({ operation }) => operation === "join");
    const ids = world.store.allIntents.map(({ id }) => id);
    expect(calls.map(({ call }) => call.requestId)).to.deep.equal(ids);
    expect(new Set(world.server.calls.map(({ call }) => call.correlationId))).to.deep.equal(
      new Set(["corr-7"]),
    );
  });

  it("goes on after an action that failed", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2", "E-3"] });
    world.server.failAt("join", 2, REFUSED);
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "partial", reason: "ActionsFailed" });
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 0 });
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 done",
      "entity/E-2 failed Refused",
      "entity/E-3 done",
    ]);
    expect(await world.row()).to.deep.include({ appliedRevision: null, verifiedRevision: null });
    expect(await world.converge()).to.deep.equal(["converged"]);
  });

  it("stops everything when the token is refused", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2", "E-3"] });
    world.server.failAt("join", 2, UNAUTHORIZED);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "Unauthorized", status: 401 });
    expect(world.server.writes).to.deep.equal(["join E-1", "join E-2"]);
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 done",
      "entity/E-2 notDone Unauthorized",
      "entity/E-3 abandoned Unauthorized",
    ]);
  });

  it("keeps to the first reason to stop", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    world.server.failAt("join", 1, UNAUTHORIZED);
    const superseded = () => world.server.writes.length > 0;
    await world.pass({}, { superseded });
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 notDone Unauthorized",
      "entity/E-2 abandoned Unauthorized",
    ]);
  });

  it("stops after three calls in a row without an answer", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"] });
    world.server.failAt("join", 1, TIMEOUT);
    world.server.failAt("join", 3, UNREACHABLE, 3);
    await world.pass();
    expect(world.server.writes).to.have.length(5);
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 notDone",
      "entity/E-2 done",
      "entity/E-3 notDone RoomServerUnavailable",
      "entity/E-4 notDone RoomServerUnavailable",
      "entity/E-5 notDone RoomServerUnavailable",
      "entity/E-6 abandoned RoomServerUnavailable",
    ]);
  });

  it("does not count refusals among the calls without an answer", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2", "E-3", "E-4"] });
    world.server.failAt("join", 1, UNREACHABLE, 2);
    world.server.failAt("join", 3, REFUSED, 1);
    world.server.failAt("join", 4, UNREACHABLE, 1);
    await world.pass();
    expect(world.server.writes).to.have.length(4);
  });

  it("stops between two actions for a newer revision, and reads back what it did", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    const { report, requeue } = await world.pass(
      {},
      { superseded: () => world.server.effects.length > 0 },
    );
    expect(report).to.deep.include({ outcome: { kind: "superseded" }, phase: "VERIFY" });
    expect(requeue).to.deep.equal({ kind: "now" });
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 done",
      "entity/E-2 abandoned Superseded",
    ]);
    expect(await world.row()).to.deep.include({
      attemptedRevision: "main@sha1:1",
      appliedRevision: null,
      inventory: ["entity/E-1"],
    });
  });

  it("stops between two actions at shutdown, and reads nothing more", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    const { report } = await world.pass({}, { stopping: () => world.server.effects.length > 0 });
    expect(report).to.deep.include({ phase: "APPLY" });
    expect(report.outcome).to.deep.include({ kind: "stopping", reason: "ShuttingDown" });
    expect(world.server.calls.map(({ operation }) => operation)).to.deep.equal([
      "readState",
      "join",
    ]);
    expect(world.intents()).to.deep.equal(["join entity/E-1 done", "join entity/E-2 abandoned"]);
    world.restart();
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(world.server.effects).to.deep.equal(["join E-1", "join E-2"]);
  });

  describe("an addition that was refused", () => {
    async function aWorld(): Promise<PassWorld> {
      const world = new PassWorld();
      await world.verified({ entities: ["E-1", "E-2", "E-3"], artifacts: ["notes"] });
      await world.push({ version: 2, entities: ["E-1", "E-2", "E-4"] });
      world.server.failAt("join", 1, REFUSED);
      return world;
    }

    it("holds the removals of its kind, and says so", async () => {
      const world = await aWorld();
      const { report } = await world.pass();
      expect(world.server.effects).to.deep.equal(["deleteArtifact notes"]);
      expect(report.refusals).to.have.length(1);
      expect(report.refusals[0]).to.deep.include({
        reason: "HeldByFailedAddition",
        effect: "hold",
        items: ["entity/E-3"],
        confirmable: true,
      });
      const { refusals, conditions } = await world.row();
      expect(refusals).to.deep.equal(report.refusals);
      expect(conditions.map(({ type, reason }) => `${type} ${reason}`)).to.include(
        "AwaitingConfirm HeldByFailedAddition",
      );
    });

    it("lets them go as soon as it succeeds", async () => {
      const world = await aWorld();
      await world.pass();
      expect(await world.converge()).to.deep.equal(["converged"]);
      expect(world.server.effects).to.include("kick E-3");
      expect((await world.row()).refusals).to.deep.equal([]);
    });

    it("does not hold what a confirmation names", async () => {
      const world = await aWorld();
      await world.confirm(["entity/E-3"], true);
      await world.pass();
      expect(world.server.effects).to.include("kick E-3");
    });

    it("holds what was confirmed without naming the room", async () => {
      const world = await aWorld();
      await world.confirm(["entity/E-3"], false);
      await world.pass();
      expect(world.server.effects).not.to.include("kick E-3");
      expect(await world.covered()).to.deep.equal(["entity/E-3"]);
    });

    it("holds nothing when it was only not answered", async () => {
      const world = new PassWorld();
      await world.verified({ entities: ["E-1", "E-2", "E-3"] });
      await world.push({ version: 2, entities: ["E-1", "E-2", "E-4"] });
      world.server.failAt("join", 1, UNREACHABLE);
      await world.pass();
      expect(world.server.effects).to.deep.equal(["kick E-3"]);
    });

    it("holds nothing when only a removal was refused", async () => {
      const world = new PassWorld();
      await world.verified({ entities: ["E-1", "E-2", "E-3", "E-4"] });
      await world.push({ version: 2, entities: ["E-1", "E-2"] });
      world.server.failAt("kick", 1, REFUSED);
      await world.pass();
      expect(world.server.effects).to.deep.equal(["kick E-4"]);
    });
  });

  it("fails a seed whose bytes the store lost, and goes on", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"], artifacts: ["a", "b"] }, { a: "one", b: "two" });
    const readSeed = world.store.readSeed.bind(world.store);
    let reads = 0;
    world.store.readSeed = async (oid) => {
      reads += 1;
      return reads === 3 ? null : readSeed(oid);
    };
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "partial", reason: "ActionsFailed" });
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 done",
      "artifact/a failed DesiredStateLost",
      "artifact/b done",
    ]);
  });
});
