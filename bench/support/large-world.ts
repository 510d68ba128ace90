import { BenchWorld, UNLIMITED } from "./bench-world.ts";
import type { LaunchedAgent } from "./launched-agent.ts";
import { commitSpecs, smallSpec } from "./specs.ts";

/** A world with many small rooms, all of them verified. */
export interface LargeWorld {
  readonly world: BenchWorld;
  readonly rooms: number;
  readonly firstSync: FirstSync;
  /** The agent of the first sync. It idles until another agent is started in that world. */
  readonly agent: LaunchedAgent;
}

/** How the first sync of a world went. Moments in ms since the start of the process. */
export interface FirstSync {
  readonly livezMs: number;
  readonly headMs: number;
  readonly verifiedMs: number;
  /** Processor time of the process tree until all rooms were verified. */
  readonly cpuMs: number;
  /** The most memory of the process tree until then, MB. */
  readonly peakMb: number;
  readonly loopP99Ms: number;
}

/** Makes a world and syncs it for the first time by an agent as people start it. */
export async function createLargeWorld(
  rooms: number,
  say: (text: string) => void,
): Promise<LargeWorld> {
  say(`making a repository of ${rooms} specs`);
  const world = await BenchWorld.create();
  commitSpecs(world.repository, rooms, smallSpec);
  say(`first sync of ${rooms} specs`);
  return { world, rooms, ...(await firstSync(world, rooms)) };
}

/** The first sync of a world that no agent has seen. The agent goes on running. */
export async function firstSync(
  world: BenchWorld,
  rooms: number,
): Promise<Pick<LargeWorld, "agent" | "firstSync">> {
  const agent = await world.launchAgent({ ...UNLIMITED, ...SLOW_POLLS });
  const livezMs = (await agent.livezAtMs()) - agent.startedAtMs;
  await agent.until(({ verified, head }) => head !== null && verified.size === rooms);
  const { log, startedAtMs, memory } = agent;
  const since = (atMs: number | null) => (atMs ?? Number.NaN) - startedAtMs;
  const [cpuMs, { peakMb }] = [memory.tree.cpuMs(), memory];
  return {
    agent,
    firstSync: {
      livezMs,
      headMs: since(log.headAtMs),
      verifiedMs: since(log.lastVerifiedAtMs),
      cpuMs,
      peakMb,
      loopP99Ms: await agent.loopP99Ms(),
    },
  };
}

/** As a source is polled by default: nothing but the first sync happens. */
export const SLOW_POLLS = { Git__Sources__0__IntervalSeconds: "10" } as const;
