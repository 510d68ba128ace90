import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";

const reads = (world: PassWorld) =>
  world.server.calls.filter(({ operation }) => operation === "readState").length;

function withoutFingerprints(state: RoomState): RoomState {
  return {
    ...state,
    artifacts: state.artifacts.map(({ fingerprint: _unsaid, ...artifact }) => artifact),
  };
}

function intrude(world: PassWorld, id: string): void {
  world.server.change(A_ROOM, (room) => joinEntity(room, anEntity(id), 1).room);
}

/** A converged room that was read a moment ago. */
async function aWorld(options?: ConstructorParameters<typeof PassWorld>[0]): Promise<PassWorld> {
  const world = new PassWorld(options);
  await world.verified({ entities: ["E-1", "E-2", "E-3"], artifacts: ["notes"] });
  await world.pass();
  world.forget();
  return world;
}

describe("PLANNING and the state cache", () => {
  it("takes an interval pass at the word of the last read while that is young", async () => {
    const world = await aWorld();
    await world.clock.advance(STALE_MS - 1);
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("converged");
    expect(reads(world)).to.equal(0);
    await world.clock.advance(1);
    await world.pass({ trigger: "interval" });
    expect(reads(world)).to.equal(1);
  });

  for (const trigger of ["apply", "git", "event"] as const) {
    it(`reads anew for a pass that ${trigger} asked for, and keeps that read`, async () => {
      const world = await aWorld();
      intrude(world, "E-9");
      await world.pass({ trigger, dryRun: true });
      expect(reads(world)).to.equal(1);
      await world.pass({ trigger: "interval", dryRun: true });
      expect(reads(world), "the dry run needs no other").to.equal(1);
    });
  }

  it("reads anew after a read that failed: an older one does not end the failure", async () => {
    const world = await aWorld();
    intrude(world, "E-9");
    world.server.failAt("readState", 1, UNREACHABLE);
    await world.pass({ trigger: "apply" });
    expect((await world.row()).lastOutcome).to.equal("failed/RoomServerUnavailable");
    await world.pass({ trigger: "interval" });
    expect(world.server.effects).to.deep.equal(["kick E-9"]);
  });

  it("reads anew after an answer about another room", async () => {
    const world = await aWorld();
    world.server.view = (state) => ({ ...state, roomId: "room-elsewhere" });
    await world.pass({ trigger: "apply" });
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("failed");
    expect(reads(world)).to.equal(2);
  });

  it("reads anew before it acts on what a cached read shows", async () => {
    const world = await aWorld();
    world.server.view = (state) => ({ ...state, entities: state.entities.slice(1) });
    await world.pass({ dryRun: true });
    world.server.view = (state) => state;
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("converged");
    expect(world.server.writes).to.deep.equal([]);
    expect(reads(world)).to.equal(2);
  });

  it("acts on a cached read where ReadBeforeApply is off", async () => {
    const world = await aWorld({ readBeforeApply: false });
    intrude(world, "E-9");
    await world.pass({ dryRun: true });
    await world.pass({ trigger: "interval" });
    expect(world.server.effects).to.deep.equal(["kick E-9"]);
    expect(reads(world), "one for the dry run, one for VERIFY").to.equal(2);
  });

  it("knows nothing after a write of its own but what VERIFY read", async () => {
    const world = await aWorld();
    intrude(world, "E-9");
    world.server.failAt("readState", 2, UNREACHABLE);
    await world.pass();
    expect(world.server.effects).to.deep.equal(["kick E-9"]);
    await world.pass({ trigger: "interval" });
    expect(reads(world)).to.equal(3);
  });

  it("reads anew for inputs that were never tried, whatever asked for the pass", async () => {
    const world = await aWorld({ readBeforeApply: false });
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"], artifacts: ["notes"] });
    await world.pass({ trigger: "interval" });
    expect(reads(world)).to.equal(1);
    expect((await world.row()).verifiedRevision).to.equal("main@sha1:2");
  });

  it("reads anew for a revision that brings back the inputs of before", async () => {
    const world = await aWorld();
    const { head } = await world.row();
    if (head === null) throw new Error("the room has no head");
    const revision = "main@sha1:again";
    await world.change({ head: { ...head, revision }, observedRevision: revision });
    world.server.failAt("readState", 1, UNREACHABLE);
    await world.pass({ trigger: "git" });
    intrude(world, "E-9");
    await world.pass({ trigger: "interval" });
    expect(world.server.effects).to.deep.equal(["kick E-9"]);
    expect((await world.row()).verifiedRevision).to.equal(revision);
  });

  it("reads anew when the last read does not tell the content of a seed that is wanted now", async () => {
    const world = new PassWorld();
    world.server.view = withoutFingerprints;
    await world.verified({ artifacts: ["notes"] });
    await world.verified({ version: 2, artifacts: [{ name: "notes", seedFrom: null }] });
    await world.pass();
    await world.push(
      { version: 3, artifacts: ["notes"] },
      { notes: "newer" },
      { dryRun: { commit: "cafe" } },
    );
    world.forget();
    await world.pass({ trigger: "interval" });
    expect((await world.row()).pendingDiff?.toSeed).to.deep.equal(["notes"]);
  });

  it("says the same of a dry run whether or not it was read anew", async () => {
    const world = await aWorld();
    await world.change({ dryRun: { commit: "c0ffee" } });
    expect((await world.pass()).report.outcome.kind).to.equal("planned");
    const before = await world.row();
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("planned");
    expect(await world.row()).to.deep.equal(before);
  });

  it("ends with the server's answer when the room cannot be read", async () => {
    const world = await aWorld();
    for (const { failure, want } of [
      {
        failure: {
          kind: "unavailable",
          message: "503",
          maybeDone: false,
          retryAfterMs: 7000,
        },
        want: { reason: "RoomServerUnavailable", status: null, retryAfterMs: 7000 },
      },
      {
        failure: { kind: "unauthorized", status: 403, message: "no scope" },
        want: { reason: "Unauthorized", status: 403 },
      },
      {
        failure: { kind: "refused", status: 400, message: "no" },
        want: { reason: "Refused", status: 400 },
      },
      {
        failure: { kind: "wrongProtocol", message: "404" },
        want: { reason: "WrongProtocol", status: null },
      },
    ] as const) {
      world.server.failAt("readState", 1, failure);
      const { report } = await world.pass();
      expect(report.outcome, want.reason).to.deep.include({ kind: "failed", ...want });
    }
  });

  it("writes nothing when the server lists an artifact and denies its hash", async () => {
    const world = await aWorld();
    world.server.view = withoutFingerprints;
    intrude(world, "E-9");
    const readFingerprint = world.server.readFingerprint.bind(world.server);
    world.server.readFingerprint = async (...asked) => {
      await readFingerprint(...asked);
      return { kind: "ok", value: null };
    };
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({
      kind: "failed",
      reason: "SuspiciousRead",
      status: 404,
    });
    expect(world.server.writes).to.deep.equal([]);
    const types = (await world.row()).conditions.map(({ type }) => type);
    expect(types).to.include.members(["Reconciling", "Suspicious"]).and.not.include("Stalled");
    expect(world.metrics.told.join()).to.include("hashMissing");
    world.server.readFingerprint = readFingerprint;
    await world.pass();
    expect((await world.row()).conditions[0]?.reason).to.equal("Converged");
  });

  it("asks for the hash only of artifacts whose content is to be compared", async () => {
    const world = new PassWorld();
    world.server.view = withoutFingerprints;
    await world.verified({ artifacts: ["notes", { name: "plan", seedFrom: null }] });
    await world.pass();
    const asked = world.server.calls.filter(({ operation }) => operation === "readFingerprint");
    expect(asked.map(({ target }) => target)).to.deep.equal(["notes"]);
  });
});
