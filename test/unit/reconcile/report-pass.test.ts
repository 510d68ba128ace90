import { expect } from "chai";
import type { ClosedGate } from "../../../agent/room/write-gate.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

describe("metrics of a pass", () => {
  it("tell its phases, its actions, how it ended, and when a commit was verified first", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2"] });
    await world.clock.advance(1500);
    await world.pass();
    expect(world.metrics.told).to.deep.equal([
      "started",
      "PLANNING",
      "PRE_CHECKS",
      "APPLY",
      "VERIFY",
      "ended converged success",
      "join done",
      "join done",
      "verified after 1500 ms",
    ]);
  });

  it("count drift only where the spec is the one that was verified", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-3"), 1).room);
    await world.pass();
    expect(world.metrics.told.slice(-3)).to.deep.equal([
      "ended converged success",
      "kick done",
      "drift kick",
    ]);
  });

  it("count drift that is left once, until it changes or was corrected", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-3"), 1).room);
    const drifts = () => world.metrics.told.filter((text) => text.startsWith("drift "));
    const gate: ClosedGate = {
      guardrail: "test",
      reason: "Suspended",
      message: "closed by a test",
      condition: "Stalled",
      confirmable: false,
    };
    world.gates = [{ closedFor: () => gate }];
    await world.pass();
    await world.pass();
    expect(drifts()).to.deep.equal(["drift kick"]);
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-4"), 1).room);
    await world.pass();
    await world.pass();
    expect(drifts()).to.deep.equal(["drift kick", "drift kick"]);
    world.gates = [];
    await world.pass();
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-4"), 1).room);
    await world.pass();
    expect(drifts()).to.have.length(3);
  });

  it("count each refusal and call the pass a failure", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: [] });
    await world.pass();
    expect(world.metrics.told).to.include.members([
      "ended refused failure",
      "refused change-threshold",
    ]);
    expect(world.metrics.told).not.to.include("drift kick");
  });

  it("tell how actions ended, and nothing of those that were never sent", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"] });
    world.server.failAt("join", 1, { kind: "refused", status: 422, message: "no" });
    world.server.failAt("join", 2, { kind: "already", status: 409 });
    world.server.failAt("join", 3, { kind: "unavailable", message: "timeout", maybeDone: true });
    world.server.failAt("join", 4, UNREACHABLE);
    world.server.failAt("join", 5, { kind: "unauthorized", status: 401, message: "expired" });
    await world.pass();
    expect(world.metrics.told.filter((text) => text.startsWith("join"))).to.deep.equal([
      "join failed",
      "join already",
      "join unknown",
      "join failed",
      "join failed",
    ]);
    expect(world.metrics.told).to.include("ended failed failure");
  });

  it("end the phase in which a pass dies", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    world.store.failWrites();
    await world.pass().catch(() => undefined);
    expect(world.metrics.told).to.deep.equal(["started", "PLANNING", "PRE_CHECKS", "APPLY"]);
  });
});
