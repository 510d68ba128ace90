import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED_PARTS, refresh } from "../../docs/generated-parts.ts";
import { keepResults } from "./results-file.ts";
import type { BenchResults } from "./results.ts";

/** Keeps these results and shows them in docs/benchmarks.md. */
export function writeResults(results: BenchResults): void {
  keepResults(results);
  for (const part of GENERATED_PARTS.filter(({ page }) => page === "benchmarks.md")) {
    const file = new URL(`../../docs/${part.page}`, import.meta.url);
    writeFileSync(file, refresh(readFileSync(file, "utf8"), part));
  }
}
