import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { ms } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";

const TARGET_BYTES = 1000;
const TARGET_CPU_MS = 5;

/** What one look at an unchanged branch costs. */
export const idlePoll: Bench = { name: "idle-poll", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const world = await BenchWorld.create();
  try {
    world.repository.commit({ [roomPath(0)]: fullSpec(0) });
    await world.startAgent(UNLIMITED, { ...options, pollEveryMs: 30 });
    await world.until({ verified: 1 });
    // The first polls warm up.
    await sleep(3000);
    await world.reset();
    await sleep(options.quick ? 5000 : 15_000);
    const { polls, cpuMs } = await world.report();
    const requests = await world.takeGitRequests();
    const bytes = requests.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
    return rows({ polls, cpuMs, requests: requests.length, bytes });
  } finally {
    await world.remove();
  }
}

interface Cost {
  readonly polls: number;
  readonly cpuMs: number;
  readonly requests: number;
  readonly bytes: number;
}

function rows({ polls, cpuMs, requests, bytes }: Cost): readonly Row[] {
  const each = (sum: number) => sum / polls;
  // A poll may be under way when counting ends.
  const oneRequest = Math.abs(requests - polls) <= 1;
  const common = { ratio: "" };
  return [
    {
      ...common,
      what: "idle poll: requests",
      figure: `${each(requests).toFixed(2)} (${polls} polls)`,
      target: "1",
      met: oneRequest,
    },
    {
      ...common,
      what: "idle poll: bytes both ways, headers included",
      figure: `${Math.round(bytes / requests)} B`,
      target: `< ${TARGET_BYTES} B`,
      met: bytes / requests < TARGET_BYTES,
    },
    {
      ...common,
      what: "idle poll: processor time of the agent",
      figure: ms(each(cpuMs)),
      target: `< ${TARGET_CPU_MS} ms`,
      met: each(cpuMs) < TARGET_CPU_MS,
    },
  ];
}
