import { setTimeout as sleep } from "node:timers/promises";
import { GitRepository } from "../test/support/git-repository.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { measured } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec } from "./support/specs.ts";

const SOURCES = 20;
const INTERVAL_SECONDS = 1;

/** Idle cost of twenty sources: of one repository, and of twenty; against one source. */
export const manySources: Bench = {
  name: "many-sources",
  rows: () => LAYOUTS.flatMap((layout) => Object.values(kinds(layout))),
  run,
};

interface Cost {
  /** Each second. */
  readonly requests: number;
  /** Processor time each second, ms. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

type Layout = "one source" | "20 sources of one repository" | "20 sources of as many repositories";

const LAYOUTS: readonly Layout[] = [
  "one source",
  "20 sources of one repository",
  "20 sources of as many repositories",
];

function kinds(layout: Layout) {
  const subject = `idle, ${layout}, polled each second`;
  const ratio = { of: "one source" };
  const few = layout === "20 sources of one repository" ? { atMost: 1.5 } : {};
  return {
    requests: { what: `${subject}: requests a second`, unit: "", ratio: { ...ratio, ...few } },
    cpu: { what: `${subject}: processor time a second`, unit: "ms", ratio },
    rss: { what: `${subject}: RSS`, unit: "MB", ratio },
  } satisfies Record<string, RowKind>;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const seconds = options.quick ? 4 : 30;
  const costs: Cost[] = [];
  for (const layout of LAYOUTS) costs.push(await idle(layout, { ...options, seconds }));
  const [one = { requests: Number.NaN, cpuMs: Number.NaN, rssMb: Number.NaN }] = costs;
  return costs.flatMap((cost, index) => figures(LAYOUTS[index] ?? "one source", cost, one));
}

function figures(layout: Layout, cost: Cost, one: Cost): readonly Measured[] {
  const { requests, cpu, rss } = kinds(layout);
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
  options.say(`idle with ${layout}`);
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
  const count = layout === "one source" ? 1 : SOURCES;
  const places = Array.from({ length: count }, (_unused, index) => `team-${index}`);
  const specOf = (index: number) => ({ [`team-${index}/room.room.yaml`]: fullSpec(index) });
  if (layout !== "20 sources of as many repositories") {
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
