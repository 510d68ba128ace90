import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runTarget } from "./run-target.ts";
import { TARGETS, targetNamed } from "./targets/all-targets.ts";

/** Where inputs that crashed something are kept; `npm test` reads every one of them again. */
const FIXTURES = fileURLToPath(new URL("../fixtures/fuzz/", import.meta.url));

/**
 * `npm run test:fuzz [-- NAME …] [--seconds 60] [--seed N]`: makes up inputs for everything that reads bytes from outside. A crash is
 * anything but a typed error, more than 200 ms of processor time, more than 64 MB, or a changed prototype. Ends with 1 after
 * any crash, and leaves its input in test/fixtures/fuzz.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
    },
  });
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  if (!(seconds > 0) || !Number.isInteger(seed))
    throw new Error("--seconds and --seed are numbers");
  const chosen = positionals.length === 0 ? TARGETS : positionals.map(targetNamed);
  console.log(`seed ${seed}, ${seconds} s each\n`);
  console.log(`${"target".padEnd(14)} ${"inputs".padStart(9)} ${"ways".padStart(6)}  crashes`);
  let crashed = false;
  for (const target of chosen) {
    const { inputs, ways, crashes } = await runTarget(target, { seed, seconds });
    const counts = `${String(inputs).padStart(9)} ${String(ways).padStart(6)}`;
    console.log(`${target.name.padEnd(14)} ${counts}  ${crashes.length}`);
    for (const { why, input } of crashes) {
      crashed = true;
      console.log(`  ${why}\n    ${keep(target.name, input)}`);
    }
  }
  if (crashed) process.exitCode = 1;
}

function keep(name: string, input: Uint8Array): string {
  const folder = join(FIXTURES, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash("sha256").update(input).digest("hex").slice(0, 16));
  writeFileSync(file, input);
  return file;
}

await main();
