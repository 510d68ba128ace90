import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { commitSpecs, fullSpec, leanSpec, roomPath } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const TARGET_MS = 150;
const TARGET_GROWTH = 2;

/** One room changed in repositories of several sizes: from the pack's last byte until the pass over that room begins. */
export const oneOfMany: Bench = { name: "one-of-many", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const { small, large, middle } = options.quick
    ? { small: 1000, middle: 2000, large: 5000 }
    : { small: 1000, middle: 10_000, large: 50_000 };
  const smallMs = await measure(small, options);
  const middleMs = await measure(middle, options);
  const largeMs = await measure(large, options);
  return [
    row(`1 of ${small}: fetch done to plan started`, smallMs),
    row(`1 of ${middle}: fetch done to plan started`, middleMs),
    {
      what: `1 of ${large}: fetch done to plan started`,
      figure: ms(largeMs),
      target: `< ${TARGET_GROWTH}× of ${middle}`,
      ratio: times(largeMs / middleMs),
      met: largeMs < TARGET_GROWTH * middleMs,
    },
  ];
}

function row(what: string, figureMs: number): Row {
  const target = `< ${TARGET_MS} ms`;
  return { what, figure: ms(figureMs), target, ratio: "", met: figureMs < TARGET_MS };
}

async function measure(rooms: number, options: BenchOptions): Promise<number> {
  options.say(`1 changed room of ${rooms}`);
  const world = await BenchWorld.create();
  try {
    const head = commitSpecs(world.repository, rooms, leanSpec);
    await world.startAgent(UNLIMITED, options);
    await world.until({ verified: rooms, head });
    const figures: number[] = [];
    const commits = options.quick ? 7 : 15;
    for (let number = 0; number < commits; number += 1) {
      figures.push(await changeOne(world, number * 61));
    }
    // The first commit of a fresh agent pays for what stays warm afterwards.
    return median(figures.slice(1));
  } finally {
    await world.remove();
  }
}

async function changeOne(world: BenchWorld, index: number): Promise<number> {
  await world.reset();
  const head = world.repository.commit({ [roomPath(index)]: fullSpec(index, 2) });
  const report = await world.until({ verified: 1, head });
  const { packEndedAtMs } = lastFetch(await world.takeGitRequests());
  return (report.firstPassAtMs ?? Number.NaN) - packEndedAtMs;
}
