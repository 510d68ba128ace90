import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { bytesUnder } from "./support/bytes-under.ts";
import { machineMs } from "./support/machine-ms.ts";
import { measured, show, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";

const run = promisify(execFile);
const MB = 1024 ** 2;
const SPECS = 100;
const FILE_MB = 10;

/** A repository with much that no spec names, from a server that filters and from one that does not; against `git clone`. */
export const largeFiles: Bench = {
  name: "large-files",
  rows: (quick) => [true, false].flatMap((filter) => Object.values(kinds(quick, filter))),
  run: measure,
};

function megabytesOf(quick: boolean): number {
  return quick ? 30 : 1000;
}

function kinds(quick: boolean, filter: boolean) {
  const how = filter ? "filtered by the server" : "not filtered";
  const subject = `first sync of ${SPECS} specs next to ${whole(megabytesOf(quick))} MB, ${how}`;
  return {
    total: { what: subject, unit: "s", ratio: { of: "git clone --depth=1" } },
    received: { what: `${subject}: received`, unit: "MB", ...(filter ? { atMost: 5 } : {}) },
    rss: { what: `${subject}: RSS at its end`, unit: "MB" },
  } satisfies Record<string, RowKind>;
}

interface Cost {
  readonly totalMs: number;
  readonly receivedMb: number;
  readonly diskMb: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly byCliMs: number;
}

async function measure(options: BenchOptions): Promise<readonly Measured[]> {
  const figures: Measured[] = [];
  for (const filter of [true, false]) {
    const { total, received, rss } = kinds(options.quick, filter);
    const cost = await firstSync(megabytesOf(options.quick), filter, options);
    figures.push(
      measured(total, cost.totalMs / 1000, {
        base: cost.byCliMs / 1000,
        note: `${show(cost.cpuMs / 1000, "s")} of processor time`,
      }),
      measured(received, cost.receivedMb, { note: `on disk ${show(cost.diskMb, "MB")}` }),
      measured(rss, cost.rssMb),
    );
  }
  return figures;
}

async function firstSync(megabytes: number, filter: boolean, options: BenchOptions): Promise<Cost> {
  options.say(`a repository with ${megabytes} MB of other files, ${filter ? "" : "not "}filtered`);
  const world = await BenchWorld.create({ filter });
  try {
    const head = fill(world, megabytes);
    const byCliMs = await cloneByCli(world);
    const limits = { Git__Sources__0__Limits__PackBytes: String(4 * 1024 * MB) };
    await world.takeGitRequests();
    const { startedAtMs } = await world.startAgent({ ...UNLIMITED, ...limits }, options);
    const { headAtMs, cpuMs, rssMb } = await world.until({ head, verified: SPECS });
    const sent = (await world.takeGitRequests()).reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    return {
      totalMs: (headAtMs ?? Number.NaN) - startedAtMs,
      receivedMb: sent / MB,
      diskMb: bytesUnder(world.dataFolder) / MB,
      cpuMs,
      rssMb,
      byCliMs,
    };
  } finally {
    await world.remove();
  }
}

/** Random bytes make no deltas and do not compress, so git need not try. */
function fill({ repository }: BenchWorld, megabytes: number): string {
  for (const key of ["core.compression", "pack.compression", "pack.window"])
    repository.git("config", key, "0");
  for (let file = 0; file < megabytes / FILE_MB; file += 1)
    repository.commit({ [`assets/${file}.bin`]: randomBytes(FILE_MB * MB) });
  const specs = Array.from({ length: SPECS }, (_unused, index) => [
    roomPath(index),
    fullSpec(index),
  ]);
  return repository.commit(Object.fromEntries(specs));
}

async function cloneByCli(world: BenchWorld): Promise<number> {
  const startedMs = machineMs();
  const to = join(world.folder, "cli.git");
  await run("git", ["clone", "--quiet", "--bare", "--depth=1", world.repositoryUrl, to]);
  return machineMs() - startedMs;
}
