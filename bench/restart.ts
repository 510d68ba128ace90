import { setTimeout as sleep } from "node:timers/promises";
import { largeRooms } from "./support/bench.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { SLOW_POLLS } from "./support/large-world.ts";
import { loopRow } from "./support/loop-row.ts";
import { machineMs } from "./support/machine-ms.ts";
import { measured, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { median } from "./support/statistics.ts";

/** From the start of the process until `/readyz` answers 200, with all rooms in the store and nothing new in git. */
export const restart: Bench = {
  name: "restart",
  rows: (quick) => [readyRow(quick), loopRow(subject(quick))],
  run,
};

function subject(quick: boolean): string {
  return `restart with ${whole(largeRooms(quick))} rooms`;
}

function readyRow(quick: boolean): RowKind {
  return { what: `${subject(quick)}: process asked for to ready`, unit: "ms", atMost: 3000 };
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const { quick } = options;
  const { world } = await options.world(largeRooms(quick));
  options.say(subject(quick));
  const figures: number[] = [];
  const loops: Measured[] = [];
  for (let time = 0; time < (quick ? 2 : 3); time += 1) {
    const agent = await world.launchAgent(SLOW_POLLS);
    await agent.livezAtMs();
    figures.push((await readyAtMs(agent.url)) - agent.startedAtMs);
    await sleep(500);
    loops.push(measured(loopRow(subject(quick)), await agent.loopP99Ms()));
    await world.stopAgent();
  }
  return [measured(readyRow(quick), median(figures)), ...loops.slice(-1)];
}

async function readyAtMs(url: string): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    await answer.arrayBuffer();
    if (answer.status === 200) return machineMs();
    await sleep(10);
  }
}
