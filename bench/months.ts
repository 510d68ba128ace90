import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentReport } from "./support/agent-report.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { measured, show, whole } from "./support/row.ts";
import type { Measured, RowKind, Unit } from "./support/row.ts";
import { commitSpecs, fullSpec, roomPath } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const ROOMS = 200;
const POLLS_A_COMMIT = 10;
/** Growth from the second tenth to the last that counts as none: what was measured goes up and down by as much. */
const TARGET_GROWTH = 1.25;
/** A clone with so many packs is replaced after its next sync. */
const PACKS = 100;
/** Of the clone at its largest against the clone at its smallest. */
const TARGET_COLD = 3;

/** Whether following commits for months makes anything grow. */
export const months: Bench = { name: "months", rows: (quick) => Object.values(kinds(quick)), run };

function commitsOf(quick: boolean): number {
  return quick ? 40 : 1000;
}

/** A short run ends before clones were replaced often enough to compare tenths: it has no targets. */
function kinds(quick: boolean) {
  const subject = `${whole(commitsOf(quick))} commits and ${whole(commitsOf(quick) * POLLS_A_COMMIT)} polls`;
  const of = "the second tenth";
  const grown = (what: string, unit: Unit): RowKind => ({
    what: `${subject}: ${what} in the last tenth`,
    unit,
    ratio: quick ? { of } : { of, atMost: TARGET_GROWTH },
  });
  const cold = { of: "a clone of 1 pack", ...(quick ? {} : { atMost: TARGET_COLD }) };
  return {
    packs: { what: `${subject}: most packs of a clone`, unit: "", atMost: PACKS + 5 },
    disk: grown("most disk of clones", "MB"),
    files: grown("most open files", ""),
    rss: grown("RSS", "MB"),
    poll: grown("processor time of a poll", "ms"),
    cold: {
      what: `${subject}: first commit after a start, most packs`,
      unit: "ms",
      ratio: cold,
    },
  } satisfies Record<string, RowKind>;
}

/** How things stand behind one commit and its polls. */
interface Moment {
  readonly diskMb: number;
  readonly packs: number;
  readonly openFiles: number;
  readonly rssMb: number;
  readonly pollCpuMs: number;
}

interface Cold {
  readonly packs: number;
  readonly ms: number;
}

interface Story {
  readonly quick: boolean;
  readonly last: AgentReport;
  readonly tenths: readonly (readonly Moment[])[];
  /** An agent that has just been started ingests a commit: at the beginning, and when its clone is at its largest. */
  readonly cold: { readonly first: Cold; readonly last: Cold };
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { quick } = options;
  const commits = commitsOf(quick);
  const world = await BenchWorld.create();
  try {
    const base = commitSpecs(world.repository, ROOMS, (index) => fullSpec(index));
    const [...line] = world.repository.commitLine(commits + PACKS + 2, (at) => ({
      [roomPath(at % ROOMS)]: fullSpec(at % ROOMS, 2 + Math.floor(at / ROOMS)),
    }));
    const next = () => line.shift() ?? "";
    await world.startAgent(UNLIMITED);
    await world.until({ head: base, verified: ROOMS });
    await world.stopAgent();
    const first = await coldFollow(world, next());
    const tenths: Moment[][] = [];
    for (let tenth = 0; tenth < 10; tenth += 1) {
      options.say(`commit ${tenth * (commits / 10)} of ${commits}`);
      const moments: Moment[] = [];
      while (moments.length < commits / 10) moments.push(await follow(world, next()));
      tenths.push(moments);
    }
    const report = await world.report();
    const packs = quick ? 0 : PACKS;
    while (cloneOf(world).packs < packs) await follow(world, next(), 0);
    await world.stopAgent();
    const last = await coldFollow(world, next());
    return figures({ quick, last: report, tenths, cold: { first, last } });
  } finally {
    await world.remove();
  }
}

/** Starts an agent, which ingests a commit. From the pack's last byte on. */
async function coldFollow(world: BenchWorld, head: string): Promise<Cold> {
  const { packs } = cloneOf(world);
  world.repository.forceBranch(head);
  await world.startAgent(UNLIMITED, { pollEveryMs: 5 });
  const { headAtMs } = await world.until({ head });
  const { packEndedAtMs } = lastFetch(await world.takeGitRequests());
  return { packs, ms: (headAtMs ?? Number.NaN) - packEndedAtMs };
}

/** One commit, and polls that find nothing new. */
async function follow(
  world: BenchWorld,
  head: string,
  polls = POLLS_A_COMMIT - 1,
): Promise<Moment> {
  world.repository.forceBranch(head);
  const followed = await world.until({ head });
  let report = followed;
  while (report.polls < followed.polls + polls) {
    await sleep(5);
    report = await world.report();
  }
  const { openFiles, rssMb } = report;
  const pollCpuMs = (report.cpuMs - followed.cpuMs) / (report.polls - followed.polls);
  return { ...cloneOf(world), openFiles, rssMb, pollCpuMs };
}

/** The clone, and whatever is next to it. */
function cloneOf(world: BenchWorld): { readonly diskMb: number; readonly packs: number } {
  const root = join(world.folder, "data", "git");
  const files = namesIn(root);
  const bytes = files.reduce(
    (sum, name) => sum + (statSync(join(root, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  const packs = files.filter((name) => name.startsWith("specs/") && name.endsWith(".pack"));
  return { diskMb: bytes / 1024 ** 2, packs: packs.length };
}

function figures({ quick, last, tenths, cold }: Story): readonly Measured[] {
  const rows = kinds(quick);
  const worst = (of: (moment: Moment) => number) =>
    tenths.map((moments) => Math.max(...moments.map(of)));
  const usual = (of: (moment: Moment) => number) =>
    tenths.map((moments) => median(moments.map(of)));
  // In the first tenth heaps have not yet come to their usual size.
  const grown = (kind: RowKind, values: readonly number[]): Measured =>
    measured(kind, values.at(-1) ?? Number.NaN, {
      base: values[1],
      note: values.map((value) => show(value, "")).join(", "),
    });
  const packs = Math.max(...worst((moment) => moment.packs));
  return [
    measured(rows.packs, packs, {
      note: `${last.rotations} clones replaced, ${last.polls} polls, ${ROOMS} rooms`,
    }),
    grown(
      rows.disk,
      worst(({ diskMb }) => diskMb),
    ),
    grown(
      rows.files,
      worst(({ openFiles }) => openFiles),
    ),
    grown(
      rows.rss,
      usual(({ rssMb }) => rssMb),
    ),
    grown(
      rows.poll,
      usual(({ pollCpuMs }) => pollCpuMs),
    ),
    measured(rows.cold, cold.last.ms, { base: cold.first.ms, note: `${cold.last.packs} packs` }),
  ];
}

/** A clone may be replaced while its folders are read: then they are read again. */
function namesIn(root: string): readonly string[] {
  for (let tries = 1; ; tries += 1) {
    try {
      return readdirSync(root, { recursive: true, encoding: "utf8" });
    } catch (error) {
      const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isGone || tries === 10) throw error;
    }
  }
}
