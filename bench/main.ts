import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { forge } from "./forge.ts";
import { firstSync } from "./first-sync.ts";
import { largeFiles } from "./large-files.ts";
import { manySources } from "./many-sources.ts";
import { webhook } from "./webhook.ts";
import { idlePoll } from "./idle-poll.ts";
import { idleRooms } from "./idle-rooms.ts";
import { manyRooms } from "./many-rooms.ts";
import { memory } from "./memory.ts";
import { months } from "./months.ts";
import { oneOfMany } from "./one-of-many.ts";
import { oneRoom } from "./one-room.ts";
import { restart } from "./restart.ts";
import type { Bench } from "./support/bench.ts";
import { createLargeWorld } from "./support/large-world.ts";
import type { LargeWorld } from "./support/large-world.ts";
import { toTable } from "./support/row.ts";
import type { Row } from "./support/row.ts";

const BENCHES: readonly Bench[] = [
  oneRoom,
  manyRooms,
  webhook,
  forge,
  idlePoll,
  manySources,
  largeFiles,
  firstSync,
  restart,
  memory,
  idleRooms,
  oneOfMany,
  months,
];

/**
 * `npm run bench [-- NAME …] [--quick] [--profile DIR]`: all benchmarks, or those named; prints each one's rows as it ends,
 * and one table of all at the end.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean", default: false }, profile: { type: "string" } },
  });
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = BENCHES.map(({ name }) => name).join(", ");
    throw new Error(`there is no benchmark ${unknown.join(", ")}; there are ${known}`);
  }
  const chosen =
    positionals.length === 0 ? BENCHES : BENCHES.filter(({ name }) => positionals.includes(name));
  const say = (text: string) => console.error(`  ${text} …`);
  const nodeArguments = values.profile === undefined ? [] : profileInto(values.profile);
  const made: { large: Promise<LargeWorld> | null } = { large: null };
  const options = {
    quick: values.quick,
    say,
    nodeArguments,
    largeWorld: () =>
      (made.large ??= createLargeWorld({
        rooms: values.quick ? 2000 : 10_000,
        say,
        nodeArguments,
      })),
  };
  const rows: Row[] = [];
  try {
    for (const bench of chosen) {
      console.error(bench.name);
      const ended = await bench.run(options);
      // A later benchmark may fail: what was measured is not lost.
      console.log(toTable(ended));
      rows.push(...ended);
    }
  } finally {
    await (await made.large)?.world.remove();
  }
  if (chosen.length > 1) console.log(toTable(rows));
}

function profileInto(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

await main();
