import type { Bench, BenchOptions } from "./support/bench.ts";
import { largeRooms } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { measured, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { commitSpecs, leanSpec, roomPath, smallSpec } from "./support/specs.ts";
import { median } from "./support/statistics.ts";

const TARGET_MS = 150;

/** One room changed in repositories of several sizes: from the pack's last byte until the pass over that room begins. */
export const oneOfMany: Bench = {
  name: "one-of-many",
  rows: (quick) => sizes(quick).map((rooms, index, all) => kind(rooms, all[index - 1])),
  run,
};

/** The largest of them is held against the one before it, the others against a bound. */
function sizes(quick: boolean): readonly number[] {
  return quick ? [largeRooms(quick)] : [1000, largeRooms(quick), 50_000];
}

function kind(rooms: number, before: number | undefined): RowKind {
  const row = { what: `1 of ${whole(rooms)}: fetch done to plan started`, unit: "ms" } as const;
  if (rooms !== 50_000 || before === undefined) return { ...row, atMost: TARGET_MS };
  return { ...row, ratio: { of: `1 of ${whole(before)}`, atMost: 2 } };
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const figures: Measured[] = [];
  for (const rooms of sizes(options.quick)) {
    options.say(`1 changed room of ${rooms}`);
    const shared = rooms === largeRooms(options.quick) ? await options.world(rooms) : null;
    const value = await (shared === null
      ? inOwnWorld(rooms, options)
      : changeSome(shared.world, options));
    figures.push(measured(kind(rooms, undefined), value, { base: figures.at(-1)?.value }));
  }
  return figures;
}

async function inOwnWorld(rooms: number, options: BenchOptions): Promise<number> {
  const world = await BenchWorld.create();
  try {
    const head = commitSpecs(world.repository, rooms, leanSpec);
    await world.startAgent(UNLIMITED, options);
    await world.until({ verified: rooms, head });
    await world.stopAgent();
    return await changeSome(world, options);
  } finally {
    await world.remove();
  }
}

async function changeSome(world: BenchWorld, options: BenchOptions): Promise<number> {
  await world.startAgent(UNLIMITED, options);
  const figures: number[] = [];
  const commits = options.quick ? 7 : 15;
  for (let number = 0; number < commits; number += 1) {
    figures.push(await changeOne(world, number * 61));
  }
  await world.stopAgent();
  // The first commit of a fresh agent pays for what stays warm afterwards.
  return median(figures.slice(1));
}

async function changeOne(world: BenchWorld, index: number): Promise<number> {
  await world.reset();
  const head = world.repository.commit({ [roomPath(index)]: smallSpec(index, 2, ["E-new"]) });
  const report = await world.until({ verified: 1, head });
  const { packEndedAtMs } = lastFetch(await world.takeGitRequests());
  return (report.firstPassAtMs ?? Number.NaN) - packEndedAtMs;
}
