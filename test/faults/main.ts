import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { ALL_CASES } from "./all-cases.ts";
import { againOf, nameOf, runCases, runsOf } from "./run-cases.ts";
import type { RunEnd } from "./run-cases.ts";
import { toCounts, toLines, toTable } from "./table.ts";

const LOGS = fileURLToPath(new URL("../../.cache/faults/", import.meta.url));

/**
 * `npm run test:faults [-- ID …] [--seed N] [--variant NAME] [--jobs N]`: the fault matrix, or the cases named; a letter
 * names all of its group, `P1` all of `P1.1` and so on. Prints one table at the end; the exit code is 1 when anything did not hold.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      variant: { type: "string" },
      // Most of a run is waiting for intervals to pass: two processors serve three.
      jobs: { type: "string", default: "3" },
    },
  });
  const isNamed = (id: string) =>
    positionals.length === 0 ||
    positionals.some((name) => name === id || name === id[0] || id.startsWith(`${name}.`));
  const cases = ALL_CASES.filter(({ id }) => isNamed(id));
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  const runs = runsOf(cases, { seed, variant: values.variant });
  if (runs.length === 0) {
    console.error(`nothing to run; there are ${ALL_CASES.map(({ id }) => id).join(" ")}`);
    return 2;
  }
  const startedMs = performance.now();
  const ends = await runCases(runs, {
    jobs: Number(values.jobs),
    logs: join(LOGS, String(process.pid)),
    onEnd: tell,
  });
  const failed = ends.filter(({ problem }) => problem !== null);
  console.log(`\n${toTable(toLines(ends))}\n`);
  for (const { id, notApplicable } of cases) {
    if (notApplicable !== undefined) console.log(`${id} n/a: ${notApplicable}`);
  }
  const counts = toCounts(ends);
  if (counts !== "") console.log(counts);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(`${ends.length - failed.length} of ${ends.length} runs held, in ${seconds} s`);
  for (const { run } of failed) console.log(`again: ${againOf(run)}`);
  return failed.length === 0 ? 0 : 1;
}

function tell({ run, report, problem, logs, ms }: RunEnd): void {
  const seconds = (ms / 1000).toFixed(1);
  const cycles = report?.cycles ?? "-";
  if (problem === null) console.error(`held    ${nameOf(run)}  ${cycles} cycles, ${seconds} s`);
  else {
    console.error(`FAILED  ${nameOf(run)}  ${seconds} s\n${problem}`);
    console.error(`  again  ${againOf(run)}\n  logs   ${logs}`);
  }
}

// A run that did not end in time may still hold the process.
process.exit(await main());
