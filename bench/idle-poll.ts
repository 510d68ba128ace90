import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { measured } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";

const REQUESTS: RowKind = { what: "idle poll: requests", unit: "", atMost: 1 };
const BYTES: RowKind = {
  what: "idle poll: bytes both ways, headers included",
  unit: "B",
  atMost: 1000,
};
const CPU: RowKind = { what: "idle poll: processor time of the agent", unit: "ms", atMost: 5 };

/** What one look at an unchanged branch costs. */
export const idlePoll: Bench = { name: "idle-poll", rows: () => [REQUESTS, BYTES, CPU], run };

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const world = await BenchWorld.create();
  try {
    world.repository.commit({ [roomPath(0)]: fullSpec(0) });
    await world.startAgent(UNLIMITED, { ...options, pollEveryMs: 30 });
    await world.until({ verified: 1 });
    // The first polls warm up.
    await sleep(options.quick ? 1000 : 3000);
    await world.reset();
    await sleep(options.quick ? 3000 : 15_000);
    const { polls, cpuMs } = await world.report();
    const requests = await world.takeGitRequests();
    const bytes = requests.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
    // A poll may be under way when counting ends: with many polls that makes no second digit.
    const each = Math.round((requests.length / polls) * 100) / 100;
    return [
      measured(REQUESTS, each, { note: `${polls} polls` }),
      measured(BYTES, bytes / requests.length),
      measured(CPU, cpuMs / polls),
    ];
  } finally {
    await world.remove();
  }
}
