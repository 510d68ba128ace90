import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { firstSyncRooms } from "./first-sync.ts";
import { smallWorld } from "./start.ts";
import { largeRooms } from "./support/bench.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import type { BenchWorld } from "./support/bench-world.ts";
import { bytesUnder } from "./support/bytes-under.ts";
import type { LargeWorld } from "./support/large-world.ts";
import { measured, show, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";

/** What agents hold when nothing happens, in memory and on disk, and whether polling makes them grow. */
export const memory: Bench = {
  name: "memory",
  rows: (quick) => Object.values(kinds(quick)),
  run,
};

/** The targets are about the full sizes and times. */
function kinds(quick: boolean) {
  const full = (atMost: number) => (quick ? {} : { atMost });
  const idle = `RSS of the tree after ${idleSeconds(quick)} idle seconds`;
  return {
    few: { what: `${idle}, 10 rooms`, unit: "MB", ...full(110) },
    many: { what: `${idle}, ${whole(firstSyncRooms(quick))} rooms`, unit: "MB", ...full(170) },
    disk: {
      what: `disk a small room after a first sync of ${whole(firstSyncRooms(quick))}: store, log and audit`,
      unit: "kB",
      ...full(6),
    },
    polls: {
      what: `RSS over ${whole(pollCount(quick))} idle polls with ${whole(largeRooms(quick))} rooms`,
      unit: "MB",
      atMost: 350,
      // Up to the second quarter buffers and compiled code still fill up to their usual size.
      ratio: { of: "after the second quarter of them", atMost: 1.1 },
    },
  } satisfies Record<string, RowKind>;
}

function idleSeconds(quick: boolean): number {
  return quick ? 10 : 300;
}

function pollCount(quick: boolean): number {
  return quick ? 200 : 2000;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { quick, say } = options;
  const large = await options.world(firstSyncRooms(quick));
  const small = await smallWorld();
  const rows = kinds(quick);
  const figures: Measured[] = [];
  try {
    say(`${idleSeconds(quick)} seconds of nothing`);
    await sleep(idleSeconds(quick) * 1000);
    figures.push(idle(rows.few, small), idle(rows.many, large), disk(rows.disk, large));
  } finally {
    await small.world.remove();
  }
  await large.world.stopAgent();
  const { world, rooms } = await options.world(largeRooms(quick));
  say(`memory with ${rooms} rooms`);
  const samples = await pollMuch(world, pollCount(quick));
  const [, warm = Number.NaN] = samples;
  const note = `after each quarter ${samples.map((one) => show(one, "")).join(", ")}`;
  figures.push(measured(rows.polls, samples.at(-1) ?? Number.NaN, { base: warm, note }));
  return figures;
}

function idle(kind: RowKind, { agent }: LargeWorld): Measured {
  const { tree } = agent.memory;
  if (tree.rssMb() === 0) throw new Error("the agent of the first sync runs no more");
  return measured(kind, tree.rssMb(), { note: `PSS ${show(tree.pssMb(), "MB")}` });
}

/** Clones are no part of it. The write-ahead log is as the agent left it when it had nothing more to do. */
function disk(kind: RowKind, { world, rooms }: LargeWorld): Measured {
  const all = bytesUnder(world.dataFolder);
  const clones = bytesUnder(join(world.dataFolder, "git"));
  const note = `and ${show(clones / 1000 / 1000, "MB")} of clones for all`;
  return measured(kind, (all - clones) / rooms / 1000, { note });
}

/** RSS after each quarter of the polls. */
async function pollMuch(world: BenchWorld, polls: number): Promise<readonly number[]> {
  await world.startAgent({}, { pollEveryMs: 10 });
  const samples: number[] = [];
  for (let quarter = 1; quarter <= 4; quarter += 1) {
    for (;;) {
      const report = await world.report();
      if (report.polls >= (polls * quarter) / 4) {
        samples.push(report.rssMb);
        break;
      }
      await sleep(100);
    }
  }
  await world.stopAgent();
  return samples;
}
