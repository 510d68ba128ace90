import type { AgentReport } from "./support/agent-report.ts";
import { BareCalls } from "./support/bare-calls.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";
import { median, percentile } from "./support/statistics.ts";

const TARGET_MS = 250;
const TARGET_RATIO = 3;

/** The room that is followed by hand; no spec names it. */
const BARE_ROOM = "room-bare";

/** A commit that changes one entity of one room, until that room is verified, against the same work by hand. */
export const oneRoom: Bench = { name: "one-room", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const commits = options.quick ? 15 : 40;
  const world = await BenchWorld.create();
  try {
    world.repository.commit({ [roomPath(0)]: fullSpec(0) });
    await world.startAgent(UNLIMITED, options);
    await world.until({ verified: 1 });
    const urls = { git: world.repositoryUrl, roomServer: world.roomServerUrl };
    const bare = await BareCalls.open(world.folder, urls);
    const agentMs: number[] = [];
    const bareMs: number[] = [];
    // The first commits warm both sides up and are not counted.
    for (let number = -WARM_UP; number < commits; number += 1) {
      const joins = number % 2 === 0;
      const followed = await follow(world, number + WARM_UP + 2, joins);
      const byHand = await bare.follow(BARE_ROOM, joins ? "join" : "kick");
      if (number < 0) continue;
      agentMs.push(followed);
      bareMs.push(byHand);
    }
    bare.close();
    return rows(agentMs, bareMs);
  } finally {
    await world.remove();
  }
}

const WARM_UP = 6;

async function follow(world: BenchWorld, version: number, joins: boolean): Promise<number> {
  await world.reset();
  const extra = joins ? ["E-guest"] : [];
  const head = world.repository.commit({ [roomPath(0)]: fullSpec(0, version, extra) });
  const report: AgentReport = await world.until({ verified: 1, head });
  const { pollEndedAtMs } = lastFetch(await world.takeGitRequests());
  return (report.lastVerifiedAtMs ?? Number.NaN) - pollEndedAtMs;
}

function rows(agentMs: readonly number[], bareMs: readonly number[]): readonly Row[] {
  const p50 = median(agentMs);
  const bareP50 = median(bareMs);
  const ratio = p50 / bareP50;
  return [
    {
      what: "one room: poll's end to verified, p50",
      figure: `${ms(p50)} (p90 ${ms(percentile(agentMs, 90))}, ${agentMs.length} commits)`,
      target: `≤ ${TARGET_MS} ms`,
      ratio: "",
      met: p50 <= TARGET_MS,
    },
    {
      what: "one room: against git fetch and 3 calls by hand",
      figure: `${ms(bareP50)} by hand`,
      target: `≤ ${TARGET_RATIO}×`,
      ratio: times(ratio),
      met: ratio <= TARGET_RATIO,
    },
  ];
}
