import type { AgentReport } from "./agent-report.ts";
import { BenchWorld, UNLIMITED } from "./bench-world.ts";
import { lastFetch } from "./git-requests.ts";
import { commitSpecs, fullSpec } from "./specs.ts";

/** A world with many rooms, all of them verified; no agent runs in it. */
export interface LargeWorld {
  readonly world: BenchWorld;
  readonly rooms: number;
  readonly firstSync: FirstSync;
}

/** How the first sync of that world went, with the default rate limit. */
export interface FirstSync {
  /** From the answer of the first poll until every room was in the store. */
  readonly totalMs: number;
  readonly report: AgentReport;
}

export interface LargeWorldOptions {
  readonly rooms: number;
  readonly nodeArguments: readonly string[];
  readonly say: (text: string) => void;
}

export async function createLargeWorld(options: LargeWorldOptions): Promise<LargeWorld> {
  const { rooms, say, nodeArguments } = options;
  say(`making a repository of ${rooms} specs`);
  const world = await BenchWorld.create();
  const head = commitSpecs(world.repository, rooms, (index) => fullSpec(index));
  say(`first sync of ${rooms} specs`);
  await world.startAgent(SLOW_POLLS, { nodeArguments });
  const report = await world.until({ head });
  const { pollEndedAtMs } = lastFetch(await world.takeGitRequests());
  const firstSync = { totalMs: (report.headAtMs ?? Number.NaN) - pollEndedAtMs, report };
  await world.stopAgent();
  say(`bringing ${rooms} rooms to what their specs say`);
  await world.startAgent(UNLIMITED);
  await world.until({ idle: true });
  await world.stopAgent();
  return { world, rooms, firstSync };
}

/** As a source is polled by default: nothing but the first sync happens. */
export const SLOW_POLLS = { Git__Sources__0__IntervalSeconds: "10" } as const;
