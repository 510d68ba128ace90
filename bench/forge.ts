import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { ForgeBenchWorld, pollSeconds } from "./support/forge-bench-world.ts";
import type { ForgeMoment } from "./support/forge-moment.ts";
import { measured, show } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { median, percentile } from "./support/statistics.ts";

function kinds(quick: boolean) {
  const direct = { of: "a direct push" };
  const calls = "calls to the API";
  return {
    labelled: {
      what: "forge: merge with the label confirm to verified, p50",
      unit: "ms",
      ratio: { ...direct, atMost: 3 },
    },
    plain: { what: "forge: merge without labels to verified, p50", unit: "ms", ratio: direct },
    label: {
      what: "forge: label set and merged at once, to verified, p50",
      unit: "ms",
      ratio: direct,
    },
    directCalls: { what: `forge: ${calls} of a direct push`, unit: "" },
    plainCalls: { what: `forge: ${calls} of a merge without labels`, unit: "" },
    labelledCalls: { what: `forge: ${calls} of a merge with a label`, unit: "" },
    byWebhook: { what: "plan: push to its comment, webhook, p50", unit: "ms" },
    byPolling: {
      what: `plan: push to its comment, looked for each ${pollSeconds(quick)} s, p50`,
      unit: "ms",
    },
    planCalls: { what: `plan: ${calls} of a plan that changed`, unit: "" },
    idle: { what: `plan: ${calls} of a look, no open pull request`, unit: "" },
    idleOpen: {
      what: `plan: ${calls} of a look, ${openPulls(quick)} open pull requests`,
      unit: "",
    },
  } satisfies Record<string, RowKind>;
}

/** What pull requests cost: from a merge until its room is verified, from a push until its plan is shown, and calls to the API. */
export const forge: Bench = { name: "forge", rows: (quick) => Object.values(kinds(quick)), run };

const WARM_UP = 1;

/** Open pull requests of an idle agent. */
function openPulls(quick: boolean): number {
  return quick ? 3 : 10;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const row = kinds(options.quick);
  const world = await ForgeBenchWorld.create();
  try {
    const rounds = options.quick ? 1 : 12;
    options.say("merges and plans, by webhook");
    await world.start("webhook", {}, options);
    const merges = mergeFigures(row, await timeMerges(world, rounds));
    const byWebhook = await timePlans(world, rounds);
    options.say("plans, by polling");
    await world.start("poll", {}, options);
    const byPolling = await timePlans(world, rounds);
    return [
      ...merges,
      timed(
        row.byWebhook,
        byWebhook.map(({ shownMs }) => shownMs),
      ),
      timed(
        row.byPolling,
        byPolling.map(({ shownMs }) => shownMs),
      ),
      measured(row.planCalls, median(byPolling.map((one) => one.calls))),
      ...(await idleFigures(world, options)),
    ];
  } finally {
    await world.remove();
  }
}

type Kinds = ReturnType<typeof kinds>;

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

function mergeFigures(row: Kinds, merges: readonly Merge[]): readonly Measured[] {
  const of = (kind: Kind) => merges.filter((one) => one.kind === kind);
  const verified = (kind: Kind) => of(kind).map(({ verifiedMs }) => verifiedMs);
  const callsOf = (kind: Kind) => median(of(kind).map((one) => one.calls));
  const base = median(verified("direct"));
  return [
    timed(row.labelled, verified("labelled"), base),
    timed(row.plain, verified("plain"), base),
    timed(
      row.label,
      of("labelled").map(({ labelMs }) => labelMs),
      base,
    ),
    measured(row.directCalls, callsOf("direct")),
    measured(row.plainCalls, callsOf("plain")),
    measured(row.labelledCalls, callsOf("labelled")),
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

/** Calls of an agent that looks for pull requests while nothing happens. */
async function idleFigures(
  world: ForgeBenchWorld,
  options: BenchOptions,
): Promise<readonly Measured[]> {
  const { idle: none, idleOpen: some } = kinds(options.quick);
  const looks = options.quick ? 2 : 12;
  const each: number[] = [];
  for (const count of [0, openPulls(options.quick)]) {
    const pulls = await inTurn(count, () => world.people.open({ files: world.next(true) }));
    for (const pull of pulls) await world.shown(pull);
    await world.seen();
    options.say(`${count} open pull requests, ${looks} looks at them`);
    await sleep(looks * pollSeconds(options.quick) * 1000);
    each.push(world.ofAgent(await world.take()).length / looks);
  }
  const [idle = Number.NaN, idleOpen = Number.NaN] = each;
  const note = `${looks} looks`;
  return [measured(none, idle, { note }), measured(some, idleOpen, { note })];
}

async function inTurn<T>(count: number, act: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  while (all.length < count) all.push(await act());
  return all;
}

function timed(kind: RowKind, values: readonly number[], base?: number): Measured {
  const note = `p90 ${show(percentile(values, 90), "ms")}, ${values.length} times`;
  return measured(kind, median(values), { note, base });
}
