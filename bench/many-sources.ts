import { setTimeout as sleep } from "node:timers/promises";
import { GitRepository } from "../test/support/git-repository.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { fullSpec } from "./support/specs.ts";

const SOURCES = 20;
const INTERVAL_SECONDS = 1;

/** Idle cost of twenty sources: of one repository, and of twenty; against one source. */
export const manySources: Bench = { name: "many-sources", run };

interface Cost {
  readonly requests: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

type Layout = "one source" | "one repository" | "twenty repositories";

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const seconds = options.quick ? 8 : 30;
  const one = await idle("one source", { ...options, seconds });
  const shared = await idle("one repository", { ...options, seconds });
  const apart = await idle("twenty repositories", { ...options, seconds });
  return [
    row("one source", one, one),
    row(`${SOURCES} sources of one repository`, shared, one),
    {
      what: `… requests of ${SOURCES} sources of one repository against one source`,
      figure: each(shared.requests),
      target: "≤ 1.5×",
      ratio: times(shared.requests / one.requests),
      met: shared.requests <= 1.5 * one.requests,
    },
    row(`${SOURCES} sources of as many repositories`, apart, one),
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
    await sleep(options.quick ? 3000 : 70_000);
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
  if (layout !== "twenty repositories") {
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

function row(what: string, cost: Cost, one: Cost): Row {
  return {
    what: `idle, ${what}, polled each second`,
    figure: `${each(cost.requests)}, ${ms(cost.cpuMs)} of processor time a second, RSS ${Math.round(cost.rssMb)} MB`,
    target: "",
    ratio: times(cost.cpuMs / one.cpuMs),
    met: null,
  };
}

function each(requests: number): string {
  return `${requests.toFixed(2)} requests a second`;
}
