import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { setFaults } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { mountTmpfs, type Tmpfs } from "../support/tmpfs.ts";
import { changeCase, lasts, type UnderWay } from "./change-case.ts";
import type { FaultCase } from "./fault-case.ts";
import { PATIENCE_MS, type ProcessWorld } from "./process-world.ts";

const DAY_MS = 86_400_000;

/** Cycles that a fault of the machine lasts. */
const LASTS = 5;

/** Each call of the change takes so long, its work done at once. */
function slow({ world, kind }: UnderWay, ms: number): Promise<void> {
  const latency = { kind: "latency", operation: kind, ms, afterWork: true } as const;
  return setFaults(world.world.roomServerUrl, latency);
}

/** The small disks of the worlds that have one. */
const disks = new WeakMap<ProcessWorld, Tmpfs>();

function diskOf(world: ProcessWorld): Tmpfs {
  const disk = disks.get(world);
  if (disk === undefined) throw new Error("this world has no disk of its own");
  return disk;
}

/** Puts a folder on a disk of its own. */
function onDisk(world: ProcessWorld, folder: string, bytes: number): () => void {
  const disk = mountTmpfs(bytes);
  if (disk === null) throw new Error("this case has to mount a disk, which is not permitted here");
  disks.set(world, disk);
  mkdirSync(join(folder, ".."), { recursive: true });
  symlinkSync(disk.path, folder);
  return () => disk.unmount();
}

/** No intent can be written, so nothing is changed; what was under way is found by reading. */
const storeFull = changeCase({
  id: "P5",
  title: "disk full for the store",
  variants: ["before", "during"],
  withinCycles: 3,
  host: (world) => onDisk(world, world.world.data, 16 * 1024 * 1024),
  strike: async (underWay) => {
    const { world, run } = underWay;
    const disk = diskOf(world);
    if (run.variant === "during") {
      await slow(underWay, 200);
      underWay.push();
      await underWay.calls(run.seed);
      disk.fill();
    } else {
      disk.fill();
      underWay.push();
    }
    await world.unhealthy();
    const calls = await world.writesAfter(0);
    await world.morePolls(LASTS);
    expect(await world.writesAfter(0), "calls while nothing can be written down").to.deep.equal(
      calls,
    );
    expect((await world.world.status()).rooms, "what is known can be read").to.have.length(1);
    await setFaults(world.world.roomServerUrl);
    disk.free();
    return Date.now();
  },
});

/** The source fails and says why; rooms go on being looked after. */
const cloneFull = changeCase({
  id: "P6",
  title: "disk full for the clone",
  withinCycles: 3,
  host: (world) => onDisk(world, join(world.world.data, "git"), 2 * 1024 * 1024),
  strike: async (underWay) => {
    const { world } = underWay;
    const disk = diskOf(world);
    disk.fill();
    underWay.push();
    const whyItFails = async () => (await world.world.status()).sources[0]?.lastError?.message;
    const why = await eventually("the source fails", whyItFails, PATIENCE_MS);
    expect(why).to.match(/ENOSPC|no space/i);
    const passes = await world.passes();
    await world.morePolls(LASTS);
    expect(await world.passes(), "passes meanwhile").to.be.above(passes);
    disk.free();
    return Date.now();
  },
});

const JUMPS: Readonly<Record<string, number>> = {
  "+1d": DAY_MS,
  "-1d": -DAY_MS,
  "+10y": 3653 * DAY_MS,
};

/** A removal in three passes, each under the same yes; the clock jumps after the first, and back at the end. */
const clockJump = changeCase({
  id: "P11",
  title: "clock jumps in the middle of confirmed removals",
  variants: Object.keys(JUMPS),
  kinds: ["kick", "delete"],
  // The times of the audit, from which cycles are counted, jump as well.
  withinCycles: null,
  checks: false,
  settings: () => ({
    Operator__Reconciliation__Guardrails__MaxEntitiesKickPerCycle: "1",
    Operator__Reconciliation__Guardrails__MaxArtifactsDeletePerCycle: "1",
  }),
  strike: async (underWay) => {
    const { world, run } = underWay;
    await slow(underWay, 100);
    underWay.push();
    await underWay.calls(1);
    world.set({ clockAheadMs: JUMPS[run.variant] ?? 0 });
    await setFaults(world.world.roomServerUrl);
    await world.verified();
    const startedMs = performance.now();
    await world.morePolls(LASTS);
    expect(performance.now() - startedMs, "ms for five polls").to.be.within(500, 8000);
    world.set({});
    return Date.now();
  },
});

/** With little memory it works; with too little it ends, and does not hang. */
const smallHeap = changeCase({
  id: "P12",
  title: "--max-old-space-size small",
  variants: ["96", "12"],
  withinCycles: 3,
  strike: async (underWay) => {
    const { world, run } = underWay;
    await world.stop();
    const env = { NODE_OPTIONS: `--max-old-space-size=${run.variant}` };
    if (run.variant === "12") {
      const { code, signal } = await world.world.launch(env).ended;
      expect(signal ?? code, "how it ended").to.not.equal(0);
      world.world.settings({ NODE_OPTIONS: "" });
    } else world.world.settings(env);
    underWay.push();
    const healedMs = Date.now();
    await world.start();
    return healedMs;
  },
});

/** Files that a process may have open, from now on. */
function limitFiles(pid: number, files: number): void {
  execFileSync("prlimit", [`--nofile=${files}:1024`, "--pid", String(pid)]);
}

/** It works with 64; and when it gets no further one in the middle of its work, it goes on as soon as it does. */
const fewFiles = changeCase({
  id: "P13",
  title: "ulimit -n 64, or none to spare",
  variants: ["64", "none"],
  withinCycles: 3,
  strike: async (underWay) => {
    const { world, run } = underWay;
    const pid = world.pid();
    const open = readdirSync(`/proc/${pid}/fd`).length;
    if (run.variant === "64") expect(open, "open files").to.be.below(64);
    limitFiles(pid, run.variant === "64" ? 64 : 1);
    await slow(underWay, 100);
    underWay.push();
    if (run.variant === "none") {
      await lasts(3000);
      limitFiles(pid, 1024);
    }
    const healedMs = Date.now();
    await setFaults(world.world.roomServerUrl);
    await world.verified();
    expect(world.pid(), "the same agent").to.equal(pid);
    return healedMs;
  },
});

export const hostCases: readonly FaultCase[] = [
  storeFull,
  cloneFull,
  clockJump,
  smallHeap,
  fewFiles,
];
