import { setTimeout as sleep } from "node:timers/promises";
import { GitRepository } from "../test/support/git-repository.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { measured } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec } from "./support/specs.ts";

const INTERVAL_SECONDS = 1;

/** Idle cost of twenty sources: of one repository, and of twenty; against one source. */
export const manySources: Bench = {
  name: "many-sources",
  rows: (quick) => layouts(quick).flatMap((layout) => Object.values(kinds(layout, quick))),
  run,
};

interface Cost {
  /** Each second. */
  readonly requests: number;
  /** Processor time each second, ms. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

interface Layout {
  readonly sources: number;
  readonly repositories: number;
}

const ONE: Layout = { sources: 1, repositories: 1 };

function layouts(quick: boolean): readonly Layout[] {
  const sources = quick ? 8 : 20;
  return [ONE, { sources, repositories: 1 }, { sources, repositories: sources }];
}

function nameOf({ sources, repositories }: Layout): string {
  if (sources === 1) return "one source";
  return `${sources} sources of ${repositories === 1 ? "one repository" : "as many repositories"}`;
}

/** A short look sees too few polls to hold their number against anything. */
function kinds(layout: Layout, quick: boolean) {
  const subject = `idle, ${nameOf(layout)}, polled each second`;
  const ratio = layout === ONE ? {} : { ratio: { of: nameOf(ONE) } };
  const isBound = layout.sources > layout.repositories && !quick;
  return {
    requests: {
      what: `${subject}: requests a second`,
      unit: "",
      ...(isBound ? { ratio: { of: nameOf(ONE), atMost: 1.5 } } : ratio),
    },
    cpu: { what: `${subject}: processor time a second`, unit: "ms", ...ratio },
    rss: { what: `${subject}: RSS`, unit: "MB", ...ratio },
  } satisfies Record<string, RowKind>;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const seconds = options.quick ? 4 : 30;
  const costs: Cost[] = [];
  const all = layouts(options.quick);
  for (const layout of all) costs.push(await idle(layout, { ...options, seconds }));
  const [one = { requests: Number.NaN, cpuMs: Number.NaN, rssMb: Number.NaN }] = costs;
  return costs.flatMap((cost, index) =>
    figures(kinds(all[index] ?? ONE, options.quick), cost, one),
  );
}

function figures(
  { requests, cpu, rss }: ReturnType<typeof kinds>,
  cost: Cost,
  one: Cost,
): readonly Measured[] {
  return [
    measured(requests, cost.requests, { base: one.requests }),
    measured(cpu, cost.cpuMs, { base: one.cpuMs }),
    measured(rss, cost.rssMb, { base: one.rssMb }),
  ];
}

async function idle(
  layout: Layout,
  options: BenchOptions & { readonly seconds: number },
): Promise<Cost> {
  options.say(`idle with ${nameOf(layout)}`);
  const world = await BenchWorld.create({ filter: true });
  try {
    const sources = sourcesOf(layout, world);
    await world.startAgent({ ...UNLIMITED, ...environment(sources) }, options);
    await world.until({ verified: sources.length });
    // Workers without work are ended after a minute.
    await sleep(options.quick ? 1000 : 70_000);
    await world.reset();
    await sleep(options.seconds * 1000);
    const { cpuMs, rssMb } = await world.report();
    const requests = (await world.takeGitRequests()).length / options.seconds;
    return { requests, cpuMs: cpuMs / options.seconds, rssMb };
  } finally {
    await world.remove();
  }
}

interface SourceAt {
  readonly url: string;
  readonly path: string;
}

function sourcesOf(layout: Layout, world: BenchWorld): readonly SourceAt[] {
  const places = Array.from({ length: layout.sources }, (_unused, index) => `team-${index}`);
  const specOf = (index: number) => ({ [`team-${index}/room.room.yaml`]: fullSpec(index) });
  if (layout.repositories === 1) {
    world.repository.commit(Object.assign({}, ...places.map((_place, index) => specOf(index))));
    return places.map((path) => ({ url: world.repositoryUrl, path }));
  }
  const { root } = world.repository;
  return places.map((path, index) => {
    GitRepository.create({ root, name: `${path}.git`, filter: true }).commit(specOf(index));
    return { url: `${world.gitUrl}/${path}.git`, path };
  });
}

function environment(sources: readonly SourceAt[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sources.flatMap(({ url, path }, index) => {
      const key = (name: string) => `Git__Sources__${index}__${name}`;
      return [
        [key("Name"), path],
        [key("Url"), url],
        [key("Path"), path],
        [key("IntervalSeconds"), String(INTERVAL_SECONDS)],
      ];
    }),
  );
}
