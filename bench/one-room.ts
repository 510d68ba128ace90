import type { AgentReport } from "./support/agent-report.ts";
import { BareCalls } from "./support/bare-calls.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { measured, show } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";
import { median, percentile } from "./support/statistics.ts";

const VERIFIED: RowKind = {
  what: "one room: poll's end to verified, p50",
  unit: "ms",
  atMost: 250,
  ratio: { of: "git fetch and 3 calls by hand", atMost: 3 },
};

/** The room that is followed by hand; no spec names it. */
const BARE_ROOM = "room-bare";

/** A commit that changes one entity of one room, until that room is verified, against the same work by hand. */
export const oneRoom: Bench = { name: "one-room", rows: () => [VERIFIED], run };

async function run(options: BenchOptions): Promise<readonly Measured[]> {
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
    const note = `p90 ${show(percentile(agentMs, 90), "ms")}, ${commits} commits`;
    return [measured(VERIFIED, median(agentMs), { base: median(bareMs), note })];
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
