import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Bench, BenchOptions } from "./support/bench.ts";
import type { BenchWorld } from "./support/bench-world.ts";
import { Child } from "./support/child.ts";
import { loopRow } from "./support/loop-row.ts";
import { machineMs } from "./support/machine-ms.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";

const TARGET_RATIO = 1.3;

const run = promisify(execFile);

/** The first sync of many specs, against its parts done alone. */
export const firstSync: Bench = { name: "first-sync", run: measure };

async function measure(options: BenchOptions): Promise<readonly Row[]> {
  const { world, rooms, firstSync: measured } = await options.largeWorld();
  options.say("the parts of a first sync, each alone");
  const alone = await partsAlone(world);
  const cliMs = await cloneByCli(world);
  const sumMs = alone.clone + alone.read + alone.parse;
  return [
    {
      what: `first sync of ${rooms} specs, until all are in the store`,
      figure: ms(measured.totalMs),
      target: `≤ ${TARGET_RATIO}× of ${ms(sumMs)}`,
      ratio: times(measured.totalMs / sumMs),
      met: measured.totalMs <= TARGET_RATIO * sumMs,
    },
    {
      what: "… of which alone: clone, read, parse in 2 threads",
      figure: `${ms(alone.clone)}, ${ms(alone.read)}, ${ms(alone.parse)}`,
      target: "",
      ratio: "",
      met: null,
    },
    {
      what: "… against git clone by the CLI",
      figure: ms(cliMs),
      target: "",
      ratio: times(measured.totalMs / cliMs),
      met: null,
    },
    {
      what: "… processor time and memory of the agent",
      figure: `${ms(measured.report.cpuMs)}, ${Math.round(measured.report.rssMb)} MB`,
      target: "",
      ratio: "",
      met: null,
    },
    loopRow(`first sync of ${rooms} specs`, measured.report),
  ];
}

async function partsAlone(
  world: BenchWorld,
): Promise<{ readonly clone: number; readonly read: number; readonly parse: number }> {
  const gitdir = join(world.folder, "alone.git");
  const child = Child.start("./alone-process.ts");
  try {
    return {
      clone: await child.ask("clone", { url: world.repositoryUrl, gitdir }, z.number()),
      read: await child.ask("read", { gitdir }, z.number()),
      parse: await child.ask("parse", null, z.number()),
    };
  } finally {
    await child.stop();
  }
}

async function cloneByCli(world: BenchWorld): Promise<number> {
  const startedMs = machineMs();
  const to = join(world.folder, "cli.git");
  await run("git", ["clone", "--quiet", "--bare", "--depth=1", world.repositoryUrl, to]);
  return machineMs() - startedMs;
}
