import { mkdirSync } from "node:fs";
import { BENCHES } from "./benches.ts";
import { parseBenchArguments } from "./support/bench-arguments.ts";
import type { BenchArguments } from "./support/bench-arguments.ts";
import type { Bench } from "./support/bench.ts";
import { endedRun, rowsOf, withOutcome } from "./support/results.ts";
import type { BenchResults, BenchRun, Outcome } from "./support/results.ts";
import { toTable } from "./support/row.ts";
import { runBenches } from "./support/run-benches.ts";
import { loadAverage, thisMachine } from "./support/this-machine.ts";
import { writeResults } from "./support/write-results.ts";

/**
 * `npm run bench [-- NAME …] [--quick] [--times N] [--write] [--profile DIR]`: all benchmarks, or those named, N times each.
 * Prints the rows of each as it ends and one table with the medians at the end. `--write` puts them into docs/benchmarks.md, after
 * each time. The exit code is 1 when a benchmark failed, and 2 when it was asked for what there is not.
 */
async function main(argv: readonly string[]): Promise<void> {
  const wanted = understood(argv);
  if (wanted === null) return;
  const { names, quick, write, times, profile } = wanted;
  const benches = BENCHES.filter(({ name }) => names.includes(name));
  const say = (text: string) => console.error(`  ${text} …`);
  const nodeArguments = profile === undefined ? [] : profileInto(profile);
  const run = thisRun(argv, quick);
  let results: BenchResults = {};
  const onEnd = (bench: Bench, outcome: Outcome, tookMs: number) => {
    console.error(`${bench.name}: ${Math.round(tookMs / 1000)} s`);
    report(bench, outcome, run);
    results = withOutcome(results, { name: bench.name, run }, outcome);
  };
  for (let time = 1; time <= times; time += 1) {
    if (times > 1) console.error(`time ${time} of ${times}`);
    await runBenches(benches, { quick, nodeArguments, say, onEnd });
    results = endedRun(results, loadAverage());
    if (write) writeResults(results);
  }
  if (benches.length * times > 1) console.log(toText(benches, results));
}

/** Null once it is said what is wrong with the arguments. */
function understood(argv: readonly string[]): BenchArguments | null {
  try {
    return parseBenchArguments(
      argv,
      BENCHES.map(({ name }) => name),
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(
      "Usage: npm run bench [-- NAME …] [--quick] [--times N] [--write] [--profile DIR]",
    );
    process.exitCode = 2;
    return null;
  }
}

/** A later benchmark may fail or take long: what was measured is said at once. */
function report(bench: Bench, outcome: Outcome, run: BenchRun): void {
  if (outcome.kind === "measured") {
    console.log(toText([bench], withOutcome({}, { name: bench.name, run }, outcome)));
    return;
  }
  console.error(`${bench.name} ${outcome.kind}: ${outcome.why}`);
  if (outcome.kind === "failed") process.exitCode = 1;
}

function toText(benches: readonly Bench[], results: BenchResults): string {
  const rows = benches.flatMap(({ name, rows: kinds }) => {
    const result = results[name];
    return rowsOf(kinds(result?.run.quick ?? false), result);
  });
  return toTable(rows);
}

function thisRun(argv: readonly string[], quick: boolean): BenchRun {
  const load = loadAverage();
  const given = process.env["GIT_SYNC_BIN"] === undefined ? "" : "GIT_SYNC_BIN=… ";
  return {
    startedAt: new Date().toISOString(),
    command: `${given}npm run bench${argv.length === 0 ? "" : ` -- ${argv.join(" ")}`}`,
    quick,
    machine: thisMachine(),
    loadBefore: load,
    loadAfter: load,
  };
}

function profileInto(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

await main(process.argv.slice(2));
