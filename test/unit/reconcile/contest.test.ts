import { expect } from "chai";
import {
  contestAfter,
  contestDelayMs,
  contestText,
  contestWaitMs,
  QUIET_MS,
} from "../../../agent/room/contest-law.ts";
import { CorrectionCounts } from "../../../agent/reconcile/correction-counts.ts";
import type { Item } from "../../../agent/plan/item.ts";
import type { Contest } from "../../../agent/room/contest.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { kickEntity } from "../../../devserver/room.ts";
import { PassWorld } from "../../support/pass-world.ts";

const T0 = Date.parse("2026-01-01T00:00:00.000Z");
const known: Contest = {
  since: "2026-01-01T00:00:00.000Z",
  inputs: "i",
  items: [{ item: "entity/E-1", count: 6 }],
  corrections: 0,
  correctedAt: "2026-01-01T00:00:00.000Z",
};
const nothing = { inputs: "i", corrected: [], converged: true, nowMs: T0 };
const six = [{ item: "entity/E-1", count: 6 }] as const;
const one = [{ item: "entity/E-1", count: 1 }] as const;
const other = [{ item: "entity/E-2", count: 1 }] as const;

describe("contestAfter", () => {
  for (const { name, before, pass, want } of [
    {
      name: "begins with the sixth correction in a minute",
      before: null,
      pass: { corrected: six },
    },
    {
      name: "does not begin with the fifth",
      before: null,
      pass: { corrected: [{ item: "entity/E-1", count: 5 }] as const },
      want: null,
    },
    {
      name: "counts each further correction",
      before: known,
      pass: { corrected: one, nowMs: T0 + 2000 },
      want: { corrections: 1, items: [{ item: "entity/E-1", count: 7 }] },
    },
    { name: "is not about other drift", before: known, pass: { corrected: other }, want: known },
    {
      name: "goes on while it is quiet",
      before: known,
      pass: { nowMs: T0 + QUIET_MS },
      want: known,
    },
    {
      name: "ends after a quiet time",
      before: known,
      pass: { nowMs: T0 + QUIET_MS + 1 },
      want: null,
    },
    {
      name: "does not end while the room cannot be read",
      before: known,
      pass: { nowMs: T0 + QUIET_MS + 1, converged: false },
      want: known,
    },
    { name: "ends with other inputs", before: known, pass: { inputs: "j" }, want: null },
  ]) {
    it(name, () => {
      const after = contestAfter(before, { ...nothing, ...pass });
      if (want === null || want === known) expect(after).to.equal(want);
      else expect(after).to.deep.include(want ?? { corrections: 0, inputs: "i" });
    });
  }

  it("waits 2 s, then three times as long each time, at most 5 minutes", () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 100].map((corrections) => contestDelayMs({ corrections }));
    const MOST = 300_000;
    expect(delays).to.deep.equal([2000, 6000, 18_000, 54_000, 162_000, MOST, MOST, MOST]);
    expect(contestWaitMs(known, T0 + 500)).to.equal(1500);
    expect(contestWaitMs(known, T0 + 2000)).to.equal(0);
    expect(contestWaitMs(known, T0 - 86_400_000)).to.equal(2000);
  });

  it("is said in few words, whatever the names are", () => {
    const items = Array.from({ length: 20 }, (_, at) => ({
      item: `entity/${"x".repeat(20_000)}${at}` as const,
      count: 6,
    }));
    expect(contestText({ ...known, items }).length).to.be.lessThan(4000);
  });
});

describe("CorrectionCounts", () => {
  const seen = (item: Item, isSeen = true) => [{ item, isSeen }];

  it("remembers for a minute what a read showed, however often it is denied since", async () => {
    const clock = new FakeClock();
    const counts = new CorrectionCounts(clock);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(false);
    counts.add("a", seen("entity/E-1"));
    await clock.advance(40_000);
    expect(counts.add("a", seen("entity/E-1", false))[0]?.count).to.equal(2);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(true);
    await clock.advance(20_000);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(false);
    expect(counts.wasSeen("b", "entity/E-1")).to.equal(false);
  });

  it("counts the last minute, each room and item for itself", async () => {
    const clock = new FakeClock();
    const counts = new CorrectionCounts(clock);
    expect(counts.add("a", [...seen("entity/E-1"), ...seen("entity/E-2")])).to.deep.equal([
      { item: "entity/E-1", count: 1 },
      { item: "entity/E-2", count: 1 },
    ]);
    await clock.advance(30_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal([{ item: "entity/E-1", count: 2 }]);
    expect(counts.add("b", seen("entity/E-1"))).to.deep.equal([{ item: "entity/E-1", count: 1 }]);
    await clock.advance(30_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal([{ item: "entity/E-1", count: 2 }]);
  });
});

/** A room whose policy somebody sets back before each pass. */
async function contested(): Promise<PassWorld> {
  const world = new PassWorld();
  await world.verified({ policies: { maxArtifactsPerEntity: 7 } });
  return world;
}

async function fight(world: PassWorld, passes: number): Promise<void> {
  for (let at = 0; at < passes; at += 1) {
    changeBack(world);
    await world.pass({ trigger: "event" });
    await world.clock.advance(2000);
  }
}

function changeBack(world: PassWorld): void {
  const { roomId } = world.room();
  world.server.change(roomId, (room) => ({
    ...room,
    policies: { ...room.policies, maxArtifactsPerEntity: 5 },
  }));
}

describe("a room that somebody else changes back again and again", () => {
  const shown = async (world: PassWorld) =>
    (await world.row()).conditions.map(({ type, status }) => `${type} ${status}`);
  const writes = (world: PassWorld) => world.server.writes.length;

  it("is contested after six corrections, and named with item and count", async () => {
    const world = await contested();
    await fight(world, 5);
    expect(await shown(world)).to.deep.equal(["Ready True"]);
    await fight(world, 1);
    expect(await shown(world)).to.deep.equal(["Ready True", "Contested True"]);
    const [, condition] = (await world.row()).conditions;
    expect(condition?.message).to.include("policy/maxArtifactsPerEntity (corrected 6 times)");
    expect((await world.audit()).filter((each) => each === "room.contested")).to.have.length(1);
  });

  it("is corrected ever more slowly, and still by a person and a new revision at once", async () => {
    const world = await contested();
    await fight(world, 6);
    const before = writes(world);
    await fight(world, 30);
    // After 0, 6 and 24 s of these 60.
    expect(writes(world) - before).to.equal(3);
    changeBack(world);
    const { report, requeue } = await world.pass({ trigger: "event" });
    expect(report.outcome).to.deep.include({ kind: "waiting", reason: "Contested" });
    expect(requeue.kind).to.equal("backoff");
    expect(await shown(world)).to.include.members(["Ready False", "Contested True"]);
    await world.pass({ trigger: "apply" });
    expect(world.room().policies).to.include({ maxArtifactsPerEntity: 7 });
    await world.push({ version: 2, policies: { maxArtifactsPerEntity: 8 } });
    await world.pass();
    expect(world.room().policies).to.include({ maxArtifactsPerEntity: 8 });
    expect(await shown(world)).to.deep.equal(["Ready True"]);
    const ends = (await world.audit()).filter((each) => each === "room.uncontested");
    expect(ends).to.have.length(1);
  });

  it("stays contested over a restart, and ends by itself", async () => {
    const world = await contested();
    await fight(world, 6);
    world.restart();
    await world.pass({ trigger: "event" });
    expect(await shown(world)).to.deep.equal(["Ready True", "Contested True"]);
    await world.clock.advance(QUIET_MS);
    await world.pass({ trigger: "event" });
    expect(await shown(world)).to.deep.equal(["Ready True"]);
    expect((await world.audit()).at(-1)).to.equal("room.uncontested");
  });

  const kick = (world: PassWorld) => {
    world.server.change(world.room().roomId, (room) => kickEntity(room, "E-2", 1).room);
  };

  for (const { what, spec, operation, undo } of [
    {
      what: "an entity",
      spec: { entities: ["E-1", "E-2"] },
      operation: "join",
      undo: kick,
    },
    {
      what: "a policy",
      spec: { policies: { maxArtifactsPerEntity: 7 } },
      operation: "setPolicy",
      undo: changeBack,
    },
  ]) {
    it(`is contested too where only VERIFY sees that ${what} is changed back, once it was seen corrected`, async () => {
      const world = new PassWorld();
      await world.verified(spec);
      undo(world);
      await world.pass({ trigger: "event" });
      expect(await shown(world)).to.deep.equal(["Ready True"]);
      // From now on the other writer is faster than the read-back.
      world.server.after = (call) => {
        if (call.operation === operation) undo(world);
      };
      undo(world);
      for (let at = 0; at < 5; at += 1) {
        expect((await world.pass({ trigger: "event" })).report.outcome.kind).not.to.equal("failed");
        await world.clock.advance(2000);
      }
      expect(await shown(world)).to.include("Contested True");
      expect((await world.row()).notObservable).to.deep.equal([]);
      const before = writes(world);
      for (let at = 0; at < 30; at += 1) {
        await world.pass({ trigger: "event" });
        await world.clock.advance(2000);
      }
      // After 0, 6 and 24 s of these 60.
      expect(writes(world) - before).to.equal(3);
      expect((await world.audit()).filter((each) => each === "room.contested")).to.have.length(1);
    });
  }

  it("is not one whose entity never comes, however often that is tried", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    kick(world);
    world.server.lie("join");
    for (let at = 0; at < 8; at += 1) await world.pass({ trigger: "event" });
    expect(await shown(world)).not.to.include("Contested True");
  });

  it("is not one whose writes are lost, nor one that a person applies again and again", async () => {
    const world = await contested();
    world.server.lie("setPolicy");
    await fight(world, 8);
    expect(await shown(world)).not.to.include("Contested True");
    const asked = await contested();
    for (let at = 0; at < 10; at += 1) {
      changeBack(asked);
      await asked.pass({ trigger: "apply" });
    }
    expect(await shown(asked)).to.deep.equal(["Ready True"]);
  });
});
