import { setTimeout as sleep } from "node:timers/promises";
import { largeRooms } from "./support/bench.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { SLOW_POLLS } from "./support/large-world.ts";
import { loopFigure, loopRow } from "./support/loop-row.ts";
import { measured, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";

/** A round over all rooms takes so long: longer than `IntervalSeconds`, so that the rooms wait for each other. */
function roundSeconds(quick: boolean): number {
  return quick ? 4 : 25;
}

const ROUNDS = 3;

/** What it costs to look after many rooms in which nothing happens, and whether all get the same share of looks. */
export const idleRooms: Bench = {
  name: "idle-rooms",
  rows: (quick) => Object.values(kinds(quick)),
  run,
};

function subjectOf(quick: boolean): string {
  return `${whole(largeRooms(quick))} idle rooms`;
}

function kinds(quick: boolean) {
  const subject = subjectOf(quick);
  return {
    requests: {
      what: `${subject}: requests a second`,
      unit: "",
      ratio: { of: "the limit" },
    },
    wait: {
      what: `${subject}: longest wait of a room for its next look`,
      unit: "s",
      ratio: { of: "the mean", atMost: 2 },
    },
    cpu: { what: `${subject}: processor time a look`, unit: "ms" },
    rss: { what: `${subject}: RSS while looking after them`, unit: "MB", atMost: 350 },
    loop: loopRow(subject),
  } satisfies Record<string, RowKind>;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { quick } = options;
  const { world, rooms } = await options.world(largeRooms(quick));
  const perSecond = Math.ceil(rooms / roundSeconds(quick));
  options.say(`looking after ${rooms} idle rooms at ${perSecond} requests a second`);
  const env = {
    ...SLOW_POLLS,
    Operator__Reconciliation__IntervalSeconds: "2",
    Operator__Reconciliation__ParallelRooms: "10",
    Operator__Reconciliation__RateLimitPerSecond: String(perSecond),
  };
  await world.startAgent(env, options);
  // The first round finds its pace.
  await sleep(roundSeconds(quick) * 1000);
  await world.reset();
  const seconds = ROUNDS * roundSeconds(quick);
  await sleep(seconds * 1000);
  const reads = await world.roomReads();
  const report = await world.report();
  await world.stopAgent();
  if (reads.rooms < rooms) throw new Error(`only ${reads.rooms} of ${rooms} rooms were read`);
  const { requests, wait, cpu, rss } = kinds(quick);
  const { cpuMs, passesEnded, storeWrites, rssMb } = report;
  return [
    measured(requests, reads.reads / seconds, {
      base: perSecond,
      note: `${storeWrites} writes of the store`,
    }),
    measured(wait, reads.longestGapMs / 1000, { base: reads.meanGapMs / 1000 }),
    measured(cpu, cpuMs / passesEnded, {
      note: `${(cpuMs / seconds / 10).toFixed(1)} % of a processor`,
    }),
    measured(rss, rssMb),
    loopFigure(subjectOf(quick), report),
  ];
}
