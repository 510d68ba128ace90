import { readFileSync, writeFileSync } from "node:fs";
import { benchResults } from "./results.ts";
import type { BenchResults } from "./results.ts";

/** The newest figures of each bench, as `--write` left them; docs/benchmarks.md shows them. */
const FILE = new URL("../results.json", import.meta.url);

export function readResults(): BenchResults {
  return benchResults.parse(JSON.parse(readFileSync(FILE, "utf8")));
}

/** Keeps the results of other benches. */
export function keepResults(results: BenchResults): void {
  const all = { ...readResults(), ...results };
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
