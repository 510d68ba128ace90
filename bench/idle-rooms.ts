import { setTimeout as sleep } from "node:timers/promises";
import type { AgentReport } from "./support/agent-report.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { SLOW_POLLS } from "./support/large-world.ts";
import { loopRow } from "./support/loop-row.ts";
import type { RoomReads } from "./support/room-reads.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";

const TARGET_MB = 350;
/** No room waits longer than so many times the mean. */
const TARGET_WAIT = 2;
/** A round over all rooms takes so long: longer than `IntervalSeconds`, so that the rooms wait for each other. */
const ROUND_SECONDS = 25;
const ROUNDS = 3;

/** What it costs to look after many rooms in which nothing happens, and whether all get the same share of looks. */
export const idleRooms: Bench = { name: "idle-rooms", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const { world, rooms } = await options.largeWorld();
  const perSecond = Math.ceil(rooms / ROUND_SECONDS);
  options.say(`looking after ${rooms} idle rooms at ${perSecond} requests a second`);
  const env = {
    ...SLOW_POLLS,
    Operator__Reconciliation__IntervalSeconds: "2",
    Operator__Reconciliation__ParallelRooms: "10",
    Operator__Reconciliation__RateLimitPerSecond: String(perSecond),
  };
  await world.startAgent(env, options);
  // The first round finds its pace.
  await sleep(ROUND_SECONDS * 1000);
  await world.reset();
  await sleep(ROUNDS * ROUND_SECONDS * 1000);
  const reads = await world.roomReads();
  const report = await world.report();
  await world.stopAgent();
  return rows({ rooms, perSecond, reads, report });
}

interface Measured {
  readonly rooms: number;
  readonly perSecond: number;
  readonly reads: RoomReads;
  readonly report: AgentReport;
}

function rows({ rooms, perSecond, reads, report }: Measured): readonly Row[] {
  const seconds = ROUNDS * ROUND_SECONDS;
  const { cpuMs, passesEnded, storeWrites, rssMb } = report;
  const subject = `${rooms} idle rooms`;
  return [
    {
      what: `${subject}: requests a second`,
      figure: `${Math.round(reads.reads / seconds)} (${storeWrites} store writes)`,
      target: `${perSecond}, the limit`,
      ratio: times(reads.reads / seconds / perSecond),
      met: null,
    },
    {
      what: `${subject}: longest wait of a room for its next look`,
      figure: ms(reads.longestGapMs),
      target: `≤ ${TARGET_WAIT}× the mean of ${ms(reads.meanGapMs)}`,
      ratio: times(reads.longestGapMs / reads.meanGapMs),
      met: reads.rooms === rooms && reads.longestGapMs <= TARGET_WAIT * reads.meanGapMs,
    },
    {
      what: `${subject}: processor time a look`,
      figure: `${ms(cpuMs / passesEnded)} (${((cpuMs / seconds / 1000) * 100).toFixed(1)} % of a processor)`,
      target: "",
      ratio: "",
      met: null,
    },
    {
      what: `${subject}: RSS while looking after them`,
      figure: `${Math.round(rssMb)} MB`,
      target: `< ${TARGET_MB} MB`,
      ratio: "",
      met: rssMb < TARGET_MB,
    },
    loopRow(subject, report),
  ];
}
