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

const BY_HAND = fileURLToPath(new URL("./support/sync-by-hand.ts", import.meta.url));

/** Rooms of the first sync. The targets are about the full size. */
export function firstSyncRooms(quick: boolean): number {
  return quick ? 1000 : 5000;
}

/** The first sync of many small specs by the agent as people start it, against the least that it takes by hand. */
export const firstSync: Bench = {
  name: "first-sync",
  rows: (quick) => Object.values(kinds(quick)),
  run,
};

function kinds(quick: boolean) {
  const subject = `first sync of ${whole(firstSyncRooms(quick))} small specs`;
  return {
    head: {
      what: `${subject}: process start to head ingested`,
      unit: "s",
      ...(quick ? {} : { atMost: 4 }),
      ratio: { of: "git clone, read and parse by hand", atMost: 1.3 },
    },
    cpu: {
      what: `${subject}: processor time of the tree until all rooms are verified`,
      unit: "s",
      ...(quick ? {} : { atMost: 8 }),
    },
    peak: { what: `${subject}: peak RSS of the tree`, unit: "MB", atMost: 250 },
    loop: loopRow(subject),
  } satisfies Record<string, RowKind>;
}

const start = promisify(execFile);

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { quick } = options;
  const { world, rooms, firstSync: sync } = await options.world(firstSyncRooms(quick));
  options.say("the same by hand");
  const byHandMs: number[] = [];
  while (byHandMs.length < (quick ? 1 : 3)) {
    byHandMs.push(await byHand(world, { rooms, number: byHandMs.length }));
  }
  const { head, cpu, peak, loop } = kinds(quick);
  return [
    measured(head, sync.headMs / 1000, {
      base: median(byHandMs) / 1000,
      note: `all rooms verified after ${show(sync.verifiedMs / 1000, "s")}`,
    }),
    measured(cpu, sync.cpuMs / 1000, { note: `${show(sync.cpuMs / rooms, "ms")} a room` }),
    measured(peak, sync.peakMb),
    measured(loop, sync.loopP99Ms),
  ];
}

async function byHand(
  world: BenchWorld,
  { rooms, number }: { rooms: number; number: number },
): Promise<number> {
  const startedMs = machineMs();
  const to = join(world.folder, `by-hand-${number}`);
  const { stdout } = await start(process.execPath, [BY_HAND, world.repositoryUrl, to]);
  const tookMs = machineMs() - startedMs;
  if (Number(stdout) !== rooms) throw new Error(`by hand, ${stdout} specs were read`);
  return tookMs;
}
