import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentReport } from "./support/agent-report.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import type { Row } from "./support/row.ts";
import { ms, times } from "./support/row.ts";
import { commitSpecs, fullSpec, roomPath } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const ROOMS = 200;
const POLLS_A_COMMIT = 10;
/** Growth from the second tenth to the last that counts as none: what was measured goes up and down by as much. */
const TARGET_GROWTH = 1.25;
/** A clone with so many packs is made anew behind its next sync. */
const PACKS = 100;
/** Of the clone at its largest against the clone at its smallest. */
const TARGET_COLD = 3;

/** Whether following commits for months makes anything grow. */
export const months: Bench = { name: "months", run };

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
  readonly commits: number;
  readonly last: AgentReport;
  readonly tenths: readonly (readonly Moment[])[];
  /** An agent that has just been started takes a commit in: at the beginning, and when its clone is at its largest. */
  readonly cold: { readonly first: Cold; readonly last: Cold };
}

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const commits = options.quick ? 200 : 1000;
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
    while (cloneOf(world).packs < PACKS) await follow(world, next(), 0);
    await world.stopAgent();
    const last = await coldFollow(world, next());
    return rows({ commits, last: report, tenths, cold: { first, last } }, options.quick);
  } finally {
    await world.remove();
  }
}

/** Starts an agent; it takes a commit in. From the pack's last byte on. */
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

/** The clone, and whatever lies beside it. */
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

function rows({ commits, last, tenths, cold }: Story, quick: boolean): readonly Row[] {
  const worst = (of: (moment: Moment) => number) =>
    tenths.map((moments) => Math.max(...moments.map(of)));
  const usual = (of: (moment: Moment) => number) =>
    tenths.map((moments) => median(moments.map(of)));
  const packs = Math.max(...worst((moment) => moment.packs));
  // A short run ends before its clone was made anew often enough to compare tenths.
  const judged = (met: boolean) => (quick ? null : met);
  const grown = (what: string, values: readonly number[], show: (value: number) => string): Row => {
    // In the first tenth heaps have not yet come to their usual size.
    const ratio = (values.at(-1) ?? Number.NaN) / (values[1] ?? Number.NaN);
    return {
      what: `months: ${what}, tenth by tenth`,
      figure: values.map(show).join(", "),
      target: `last ≤ ${TARGET_GROWTH}× second`,
      ratio: times(ratio),
      met: judged(ratio <= TARGET_GROWTH),
    };
  };
  const whole = (value: number) => String(Math.round(value));
  return [
    {
      what: `months: ${commits} commits, ${last.polls} polls, ${ROOMS} rooms`,
      figure: `${last.rotations} clones made anew, at most ${packs} packs`,
      target: `≤ ${PACKS + 5} packs`,
      ratio: "",
      met: packs <= PACKS + 5,
    },
    grown(
      "most disk of clones, MB",
      worst(({ diskMb }) => diskMb),
      (value) => value.toFixed(2),
    ),
    grown(
      "most open files",
      worst(({ openFiles }) => openFiles),
      whole,
    ),
    grown(
      "RSS, MB",
      usual(({ rssMb }) => rssMb),
      whole,
    ),
    grown(
      "processor time of a poll",
      usual(({ pollCpuMs }) => pollCpuMs),
      ms,
    ),
    {
      what: `months: first commit after a start, clone of ${cold.last.packs} packs`,
      figure: ms(cold.last.ms),
      target: `≤ ${TARGET_COLD}× of ${cold.first.packs} packs (${ms(cold.first.ms)})`,
      ratio: times(cold.last.ms / cold.first.ms),
      met: judged(cold.last.ms <= TARGET_COLD * cold.first.ms),
    },
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
