import { table } from "../../docs/table.ts";
import type { Bench } from "./bench.ts";
import { metText, type Row } from "./row.ts";
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
  const rows = benches.flatMap((bench) => {
    const { name } = bench;
    const result = results[name];
    const number = result === undefined ? "" : String(starts.indexOf(result.run.startedAt) + 1);
    return rowsOf(bench.rows(result?.run.quick ?? false), result).map((row) => ({
      ...row,
      name: `\`${name}\``,
      number,
    }));
  });
  const lines = rows.map(({ name, what, figure, target, ratio, met, number }) => [
    name,
    what,
    figure,
    target,
    ratio,
    met === false ? "**no**" : metText(met),
    number,
  ]);
  const problems = benches.flatMap(({ name }) =>
    (results[name]?.problems ?? []).map((problem) => `- \`${name}\` ${problem}`),
  );
  return [
    ...(starts.length === 0 ? ["No run was written yet."] : []),
    ...starts.flatMap((start, index) => describe(runs.get(start), index + 1)),
    ...summary(rows),
    "",
    table(["bench", "what", "figure", "target", "ratio", "met", "run"], lines),
    ...(problems.length === 0 ? [] : ["", "Not measured, or not each time:", "", ...problems]),
    "",
  ].join("\n");
}

/** What a reader should take from the table: how many targets are met, and which are not. */
function summary(
  rows: readonly (Pick<Row, "what" | "met"> & { readonly name: string })[],
): readonly string[] {
  const judged = rows.filter(({ met }) => met !== null);
  if (judged.length === 0) return [];
  const missed = judged.filter(({ met }) => met === false);
  const met = `${judged.length - missed.length} of ${judged.length} measured targets are met`;
  if (missed.length === 0) return ["", `${met}.`];
  return ["", `${met}. Not met:`, "", ...missed.map(({ name, what }) => `- ${name} ${what}`)];
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
