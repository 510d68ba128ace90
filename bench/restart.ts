import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { SLOW_POLLS } from "./support/large-world.ts";
import { loopRow } from "./support/loop-row.ts";
import { machineMs } from "./support/machine-ms.ts";
import { ms } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { median } from "./support/statistics.ts";

const TARGET_MS = 3000;
const TIMES = 3;

/** From the start of the process until `/readyz` answers 200, with all rooms in the store and nothing new in git. */
export const restart: Bench = { name: "restart", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const { world, rooms } = await options.largeWorld();
  options.say(`restart with ${rooms} rooms`);
  const figures: number[] = [];
  const loops: Row[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { url, startedAtMs } = await world.startAgent(SLOW_POLLS, options);
    figures.push((await readyAtMs(url)) - startedAtMs);
    await sleep(1000);
    loops.push(loopRow(`restart with ${rooms} rooms`, await world.report()));
    await world.stopAgent();
  }
  const readyMs = median(figures);
  return [
    {
      what: `restart with ${rooms} rooms: process asked for to ready`,
      figure: ms(readyMs),
      target: `< ${ms(TARGET_MS)}`,
      ratio: "",
      met: readyMs < TARGET_MS,
    },
    ...loops.slice(-1),
  ];
}

async function readyAtMs(url: string): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    await answer.arrayBuffer();
    if (answer.status === 200) return machineMs();
    await sleep(10);
  }
}
