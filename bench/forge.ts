import type { Bench, BenchOptions } from "./support/bench.ts";
import { ForgeBenchWorld, POLL_S } from "./support/forge-bench-world.ts";
import type { Way } from "./support/forge-bench-world.ts";
import type { ForgeMoment } from "./support/forge-moment.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { median, percentile } from "./support/statistics.ts";

/** What pull requests cost: from a merge until its room is verified, from a push until its plan is shown, and calls to the API. */
export const forge: Bench = { name: "forge", run };

const WARM_UP = 1;

/** Open pull requests of an idle agent. */
const OPEN = [0, 10] as const;

/** By how much slower a merge may be because its labels are read. */
const TARGET_RATIO = 3;

/** Looks as often as an agent does that is told nothing else. */
const DEFAULT_PACE = { Git__Sources__0__Plan__IntervalSeconds: "30" };

const NONE = { target: "", ratio: "", met: null };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const world = await ForgeBenchWorld.create();
  try {
    const rounds = options.quick ? 4 : 12;
    const rows: Row[] = [];
    // What was measured is said at once: a later part takes minutes.
    const add = (more: readonly Row[]) => {
      for (const { what, figure: measured } of more) options.say(`${what}: ${measured}`);
      rows.push(...more);
    };
    await world.start("webhook", {}, options);
    add(mergeRows(await timeMerges(world, rounds)));
    add(planRows("webhook", await timePlans(world, rounds)));
    await world.start("poll", {}, options);
    add(planRows("poll", await timePlans(world, rounds)));
    add(await idleRows(world, options));
    return rows;
  } finally {
    await world.remove();
  }
}

type Kind = "direct" | "plain" | "labelled";

interface Merge {
  readonly kind: Kind;
  /** From the moment that the branch moved until the room was verified, ms. */
  readonly verifiedMs: number;
  /** The same from the request to set the label. */
  readonly labelMs: number;
  readonly calls: number;
}

/** The guest comes by a direct push and goes by a label; he comes by a plain merge and goes by a label again. */
async function timeMerges(world: ForgeBenchWorld, rounds: number): Promise<readonly Merge[]> {
  const merges: Merge[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const kind of ["direct", "labelled", "plain", "labelled"] as const) {
      const merge = await oneMerge(world, kind);
      if (round >= 0) merges.push(merge);
    }
  }
  return merges;
}

async function oneMerge(world: ForgeBenchWorld, kind: Kind): Promise<Merge> {
  const files = world.next(kind !== "labelled");
  const pull = kind === "direct" ? null : await world.people.open({ files });
  if (pull !== null) await world.shown(pull);
  await world.seen();
  await world.world.reset();
  if (pull !== null && kind === "labelled") await world.people.setLabel(pull, "confirm");
  const head = pull === null ? await world.push(files) : await world.people.merge(pull, "squash");
  const report = await world.world.until({ verified: 1, head });
  const moments = await world.seen();
  const endMs = report.lastVerifiedAtMs ?? Number.NaN;
  const moved = moments.find((one) => one.kind === "moved" && one.ref === "refs/heads/main");
  const labelled = moments.find((one) => one.kind === "asked" && isLabel(one));
  return {
    kind,
    verifiedMs: endMs - (moved?.atMs ?? Number.NaN),
    labelMs: endMs - (labelled?.atMs ?? Number.NaN),
    calls: world.ofAgent(moments).length,
  };
}

function isLabel(one: Extract<ForgeMoment, { kind: "asked" }>): boolean {
  return one.method === "POST" && one.path.endsWith("/labels");
}

function mergeRows(merges: readonly Merge[]): readonly Row[] {
  const of = (kind: Kind) => merges.filter((one) => one.kind === kind);
  const verified = (kind: Kind) => of(kind).map(({ verifiedMs }) => verifiedMs);
  const calls = (kind: Kind) => `${median(of(kind).map((one) => one.calls))}`;
  const bare = median(verified("direct"));
  const ratio = median(verified("labelled")) / bare;
  return [
    {
      what: "forge: merge with the label confirm to verified, p50",
      figure: figure(verified("labelled")),
      target: `≤ ${TARGET_RATIO}× of a direct push`,
      ratio: times(ratio),
      met: ratio <= TARGET_RATIO,
    },
    { ...NONE, what: "… a merge without labels", figure: figure(verified("plain")) },
    { ...NONE, what: "… a direct push", figure: figure(verified("direct")) },
    {
      ...NONE,
      what: "… from setting the label, merged at once",
      figure: figure(of("labelled").map(({ labelMs }) => labelMs)),
    },
    {
      ...NONE,
      what: "… API calls: direct push, merge without labels, with one",
      figure: `${calls("direct")}, ${calls("plain")}, ${calls("labelled")}`,
    },
  ];
}

interface Planned {
  /** From the moment that the branch of the pull request moved until the comment was edited, ms. */
  readonly shownMs: number;
  readonly calls: number;
}

/** Pushes to an open pull request, each of which changes its plan. */
async function timePlans(world: ForgeBenchWorld, rounds: number): Promise<readonly Planned[]> {
  const pull = await world.people.open({ files: world.next(true) });
  await world.shown(pull);
  const planned: Planned[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    await world.seen();
    const head = await world.people.push(pull, world.next(round % 2 === 0));
    await world.shown(pull, head);
    const moments = await world.seen();
    const moved = moments.find((one) => one.kind === "moved");
    const ours = world.ofAgent(moments);
    const edited = ours.findLast(({ method, path }) => method === "PATCH" && /comments/.test(path));
    const shownMs = (edited?.atMs ?? Number.NaN) - (moved?.atMs ?? Number.NaN);
    if (round >= 0) planned.push({ shownMs, calls: ours.length });
  }
  await world.people.close(pull);
  return planned;
}

function planRows(way: Way, planned: readonly Planned[]): readonly Row[] {
  const how = way === "webhook" ? "webhook" : `looked for each ${POLL_S} s`;
  const rows = [
    {
      ...NONE,
      what: `plan: push to its comment, ${how}, p50`,
      figure: figure(planned.map(({ shownMs }) => shownMs)),
    },
  ];
  if (way === "poll") return rows;
  const calls = `${median(planned.map((one) => one.calls))}`;
  return [...rows, { ...NONE, what: "… API calls of a plan that changed", figure: calls }];
}

/** Calls of an agent that looks as often as it does by default, while nothing happens. */
async function idleRows(world: ForgeBenchWorld, options: BenchOptions): Promise<readonly Row[]> {
  const minutes = options.quick ? 1 : 3;
  const rows: Row[] = [];
  for (const count of OPEN) {
    const pulls = await inTurn(count, () => world.people.open({ files: world.next(true) }));
    for (const pull of pulls) await world.shown(pull);
    await world.start("poll", DEFAULT_PACE, options);
    for (const pull of pulls) await world.shown(pull);
    await world.seen();
    options.say(`${count} open pull requests, ${minutes} minutes of nothing`);
    await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
    const calls = world.ofAgent(await world.take()).length;
    const figureOf = `${(calls / minutes).toFixed(1)} a minute`;
    rows.push({ ...NONE, what: `idle, ${count} open pull requests: API calls`, figure: figureOf });
  }
  return rows;
}

async function inTurn<T>(count: number, act: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  while (all.length < count) all.push(await act());
  return all;
}

function figure(values: readonly number[]): string {
  return `${ms(median(values))} (p90 ${ms(percentile(values, 90))}, ${values.length} times)`;
}
