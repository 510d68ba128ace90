import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Bench, BenchOptions } from "./support/bench.ts";
import type { BenchWorld } from "./support/bench-world.ts";
import { loopRow } from "./support/loop-row.ts";
import { machineMs } from "./support/machine-ms.ts";
import { measured, show, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { median } from "./support/statistics.ts";

/** The size that the targets are about. */
export const FIRST_SYNC_ROOMS = 5000;

const BY_HAND = fileURLToPath(new URL("./support/sync-by-hand.ts", import.meta.url));
const HANDS = 3;

const subject = `first sync of ${whole(FIRST_SYNC_ROOMS)} small specs`;
const HEAD: RowKind = {
  what: `${subject}: process start to head ingested`,
  unit: "s",
  atMost: 4,
  ratio: { of: "git clone, read and parse by hand", atMost: 1.3 },
};
const CPU: RowKind = {
  what: `${subject}: processor time of the tree until all rooms are verified`,
  unit: "s",
  atMost: 8,
};
const PEAK: RowKind = { what: `${subject}: peak RSS of the tree`, unit: "MB", atMost: 250 };
const LOOP = loopRow(subject);

/** The first sync of many small specs by the agent as people start it, against the least that it takes by hand. */
export const firstSync: Bench = {
  name: "first-sync",
  rows: () => [HEAD, CPU, PEAK, LOOP],
  run,
};

const start = promisify(execFile);

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { world, firstSync: sync } = await options.world(FIRST_SYNC_ROOMS);
  options.say("the same by hand");
  const byHandMs: number[] = [];
  while (byHandMs.length < HANDS) byHandMs.push(await byHand(world, byHandMs.length));
  const perRoom = show(sync.cpuMs / FIRST_SYNC_ROOMS, "ms");
  return [
    measured(HEAD, sync.headMs / 1000, {
      base: median(byHandMs) / 1000,
      note: `all rooms verified after ${show(sync.verifiedMs / 1000, "s")}`,
    }),
    measured(CPU, sync.cpuMs / 1000, { note: `${perRoom} a room` }),
    measured(PEAK, sync.peakMb),
    measured(LOOP, sync.loopP99Ms),
  ];
}

async function byHand(world: BenchWorld, number: number): Promise<number> {
  const startedMs = machineMs();
  const to = join(world.folder, `by-hand-${number}`);
  const { stdout } = await start(process.execPath, [BY_HAND, world.repositoryUrl, to]);
  const tookMs = machineMs() - startedMs;
  if (Number(stdout) !== FIRST_SYNC_ROOMS) throw new Error(`by hand, ${stdout} specs were read`);
  return tookMs;
}
