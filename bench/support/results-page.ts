import { table } from "../../docs/table.ts";
import type { Bench } from "./bench.ts";
import { metText } from "./row.ts";
import { rowsOf } from "./results.ts";
import type { BenchResults, BenchRun } from "./results.ts";

/** The results as the page shows them: the runs, one table of all rows, and what was not measured. */
export function renderResults(
  benches: readonly Pick<Bench, "name" | "rows">[],
  results: BenchResults,
): string {
  const ofBenches = benches.flatMap(({ name }) => results[name] ?? []);
  const runs = new Map(ofBenches.map(({ run }) => [run.startedAt, run]));
  const starts = [...runs.keys()].sort();
  const lines = benches.flatMap(({ name, rows }) => {
    const result = results[name];
    const number = result === undefined ? "" : String(starts.indexOf(result.run.startedAt) + 1);
    return rowsOf(rows(result?.run.quick ?? false), result).map((row) => [
      `\`${name}\``,
      row.what,
      row.figure,
      row.target,
      row.ratio,
      row.met === false ? "**no**" : metText(row.met),
      number,
    ]);
  });
  const problems = benches.flatMap(({ name }) =>
    (results[name]?.problems ?? []).map((problem) => `- \`${name}\` ${problem}`),
  );
  return [
    ...(starts.length === 0 ? ["No run was written yet."] : []),
    ...starts.flatMap((start, index) => describe(runs.get(start), index + 1)),
    "",
    table(["bench", "what", "figure", "target", "ratio", "met", "run"], lines),
    ...(problems.length === 0 ? [] : ["", "Not measured, or not each time:", "", ...problems]),
    "",
  ].join("\n");
}

function describe(run: BenchRun | undefined, number: number): readonly string[] {
  if (run === undefined) return [];
  const { startedAt, command, quick, machine, loadBefore, loadAfter } = run;
  const { cpu, threads, memoryGb, system, node, git } = machine;
  const sizes = quick ? " (smaller sizes)" : "";
  return [
    `${number}. ${startedAt.replace("T", " ").slice(0, 16)} UTC, \`${command}\`${sizes}: ${cpu}, ${threads} threads, ${memoryGb} GB, ` +
      `${system}, Node ${node}, git ${git}; load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`,
  ];
}
