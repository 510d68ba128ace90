import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld } from "./support/bench-world.ts";
import { firstSync } from "./support/large-world.ts";
import type { FirstSync, LargeWorld } from "./support/large-world.ts";
import { measured } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { commitSpecs, smallSpec } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const ROOMS = 10;

const LIVEZ: RowKind = {
  what: "start: process start until /livez answers",
  unit: "s",
  atMost: 0.25,
};
const HEAD: RowKind = {
  what: `start: process start to first head ingested, ${ROOMS} specs, fresh folder`,
  unit: "s",
  atMost: 0.6,
};
const CPU: RowKind = {
  what: "start: processor time of the tree until all are verified",
  unit: "ms",
};
const PEAK: RowKind = { what: "start: peak RSS of the tree", unit: "MB" };

/** The start of the program as people start it, in a folder without a store. */
export const start: Bench = { name: "start", rows: () => [LIVEZ, HEAD, CPU, PEAK], run };

async function run({ quick, say }: BenchOptions): Promise<readonly Measured[]> {
  const starts: FirstSync[] = [];
  // The first start fills the cache of compiled code and is not counted.
  for (let number = 0; number <= (quick ? 3 : 15); number += 1) {
    say(`start ${number}`);
    const started = await startOnce();
    if (number > 0) starts.push(started);
  }
  const of = (part: keyof FirstSync) => median(starts.map((one) => one[part]));
  const range = (part: keyof FirstSync) => {
    const seconds = starts.map((one) => one[part] / 1000).sort((a, b) => a - b);
    const [first = 0, last = 0] = [seconds[0], seconds.at(-1)];
    return { note: `${starts.length} starts, ${first.toFixed(2)} to ${last.toFixed(2)} s` };
  };
  return [
    measured(LIVEZ, of("livezMs") / 1000, range("livezMs")),
    measured(HEAD, of("headMs") / 1000, range("headMs")),
    measured(CPU, of("cpuMs")),
    measured(PEAK, of("peakMb")),
  ];
}

async function startOnce(): Promise<FirstSync> {
  const { world, firstSync: sync } = await smallWorld();
  await world.remove();
  return sync;
}

/** A world of ten rooms, synced for the first time; its agent idles. */
export async function smallWorld(): Promise<LargeWorld> {
  const world = await BenchWorld.create();
  commitSpecs(world.repository, ROOMS, smallSpec);
  // What the world's own processes start with is over.
  await sleep(300);
  return { world, rooms: ROOMS, ...(await firstSync(world, ROOMS)) };
}
