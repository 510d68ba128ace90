import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { machineMs } from "./support/machine-ms.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";

const run = promisify(execFile);
const MB = 1024 ** 2;
const SPECS = 100;
const FILE_MB = 10;

/** A repository with much that no spec names, from a server that filters and from one that does not; against `git clone`. */
export const largeFiles: Bench = { name: "large-files", run: measure };

interface Cost {
  readonly totalMs: number;
  readonly receivedMb: number;
  readonly diskMb: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly byCliMs: number;
}

async function measure(options: BenchOptions): Promise<readonly Row[]> {
  const megabytes = options.quick ? 100 : 1000;
  const filtered = await firstSync(megabytes, true, options);
  const whole = await firstSync(megabytes, false, options);
  const size = `${megabytes} MB that no spec names`;
  return [
    {
      ...row(`first sync of ${SPECS} specs beside ${size}, filtered by the server`, filtered),
      target: "received < 5 MB",
      met: filtered.receivedMb < 5,
    },
    row(`… not filtered`, whole),
  ];
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
      diskMb: (await bytesUnder(join(world.folder, "data"))) / MB,
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

async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) => stat(join(parentPath, name)).then(({ size }) => size)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function row(what: string, cost: Cost): Row {
  const { totalMs, receivedMb, diskMb, cpuMs, rssMb, byCliMs } = cost;
  return {
    what,
    figure:
      `${ms(totalMs)} (git clone --depth=1 ${ms(byCliMs)}), received ${receivedMb.toFixed(1)} MB, on disk ${diskMb.toFixed(1)} MB, ` +
      `${ms(cpuMs)} of processor time, RSS ${Math.round(rssMb)} MB`,
    target: "",
    ratio: times(totalMs / byCliMs),
    met: null,
  };
}
