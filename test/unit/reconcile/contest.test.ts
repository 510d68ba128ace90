import { expect } from "chai";
import {
  contestAfter,
  contestDelayMs,
  contestText,
  contestWaitMs,
  QUIET_MS,
} from "../../../agent/room/contest-law.ts";
import type { Item } from "../../../agent/plan/item.ts";
import type { Contest } from "../../../agent/room/contest.ts";
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
const corrected = (item: Item, lastMinute: number, lastHour = lastMinute) => [
  { item, lastMinute, lastHour },
];
const six = corrected("entity/E-1", 6);
const one = corrected("entity/E-1", 1);
const other = corrected("entity/E-2", 1);

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
      pass: { corrected: corrected("entity/E-1", 5) },
      want: null,
    },
    {
      name: "begins with the eleventh correction in an hour",
      before: null,
      pass: { corrected: corrected("entity/E-1", 1, 11) },
      want: { corrections: 0, items: [{ item: "entity/E-1", count: 11 }] },
    },
    {
      name: "does not begin with the tenth",
      before: null,
      pass: { corrected: corrected("entity/E-1", 5, 10) },
      want: null,
    },
    {
      name: "names another item that is changed back as often",
      before: known,
      pass: { corrected: corrected("entity/E-2", 2, 11) },
      want: {
        items: [
          { item: "entity/E-1", count: 6 },
          { item: "entity/E-2", count: 11 },
        ],
      },
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

/** A room whose policy somebody sets back before each pass. */
async function contested(): Promise<PassWorld> {
  const world = new PassWorld();
  await world.verified({ policies: { maxArtifactsPerEntity: 7 } });
  return world;
}

async function fight(world: PassWorld, passes: number, everyMs = 2000): Promise<void> {
  for (let at = 0; at < passes; at += 1) {
    changeBack(world);
    await world.pass({ trigger: "event" });
    await world.clock.advance(everyMs);
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

  for (const everyMs of [13_000, 300_000])
    it(`is contested after eleven corrections where it is changed back every ${everyMs / 1000} s`, async () => {
      const world = await contested();
      await fight(world, 10, everyMs);
      expect(await shown(world)).to.deep.equal(["Ready True"]);
      await fight(world, 1, everyMs);
      expect(await shown(world)).to.deep.equal(["Ready True", "Contested True"]);
      const [, condition] = (await world.row()).conditions;
      expect(condition?.message).to.include("policy/maxArtifactsPerEntity (corrected 11 times)");
      await fight(world, 20, everyMs);
      expect(await shown(world)).to.include("Contested True");
    });

  it("is not contested where it is changed back every 10 minutes, however long", async () => {
    const world = await contested();
    await fight(world, 40, 600_000);
    expect(await shown(world)).to.deep.equal(["Ready True"]);
  });

  it("is not contested again by one correction after the contest ended", async () => {
    const world = await contested();
    await fight(world, 11, 13_000);
    await world.clock.advance(QUIET_MS);
    await world.pass({ trigger: "event" });
    expect(await shown(world)).to.deep.equal(["Ready True"]);
    await fight(world, 1);
    expect(await shown(world)).to.deep.equal(["Ready True"]);
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
