import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, BenchOptions } from "./support/bench.ts";
import type { BenchWorld } from "./support/bench-world.ts";
import { SLOW_POLLS } from "./support/large-world.ts";
import type { Row } from "./support/row.ts";
import { times } from "./support/row.ts";

const TARGET_MB = 350;
/** Growth that counts as flat: one part in ten. */
const TARGET_GROWTH = 1.1;

/** What the agent's process holds with many rooms, and whether polling makes it grow. */
export const memory: Bench = { name: "memory", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const { world, rooms } = await options.largeWorld();
  options.say(`memory with ${rooms} rooms`);
  await world.startAgent(SLOW_POLLS, options);
  await sleep(options.quick ? 5000 : 15_000);
  const idle = (await world.report()).rssMb;
  await world.stopAgent();
  const polls = options.quick ? 300 : 2000;
  const samples = await pollMuch(world, polls);
  // Up to the second sample buffers and compiled code still fill up to what they are good for.
  const [, warm = Number.NaN] = samples;
  const last = samples.at(-1) ?? Number.NaN;
  return [
    {
      what: `RSS with ${rooms} rooms, idle`,
      figure: `${Math.round(idle)} MB`,
      target: `< ${TARGET_MB} MB`,
      ratio: "",
      met: idle < TARGET_MB,
    },
    {
      what: `RSS over ${polls} idle polls with ${rooms} rooms`,
      figure: `${samples.map((sample) => Math.round(sample)).join(", ")} MB`,
      target: "flat in the second half",
      ratio: times(last / warm),
      met: last <= TARGET_GROWTH * warm,
    },
  ];
}

/** RSS after each quarter of the polls. */
async function pollMuch(world: BenchWorld, polls: number): Promise<readonly number[]> {
  await world.startAgent({}, { pollEveryMs: 10 });
  const samples: number[] = [];
  for (let quarter = 1; quarter <= 4; quarter += 1) {
    for (;;) {
      const report = await world.report();
      if (report.polls >= (polls * quarter) / 4) {
        samples.push(report.rssMb);
        break;
      }
      await sleep(100);
    }
  }
  await world.stopAgent();
  return samples;
}
