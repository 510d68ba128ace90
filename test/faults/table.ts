import type { RunEnd } from "./run-cases.ts";

/** What is told of a case: a line of the table. */
export interface Line {
  readonly fault: string;
  readonly runs: string;
  readonly seeds: string;
  readonly outcome: "held" | "FAILED";
  /** The most cycles any run took, of those it may take. */
  readonly cycles: string;
  readonly invariants: string;
  readonly seconds: string;
}

/** The runs by case, in the order in which the cases came. */
export function toLines(ends: readonly RunEnd[]): readonly Line[] {
  return [...Map.groupBy(ends, ({ run }) => run.fault).values()].map(toLine);
}

/** What the runs counted, added up: `kills 3, lost effects 0`; empty when nothing was counted. */
export function toCounts(ends: readonly RunEnd[]): string {
  const sums = new Map<string, number>();
  for (const { counts } of ends) {
    for (const [what, count] of counts) sums.set(what, (sums.get(what) ?? 0) + count);
  }
  return [...sums].map(([what, sum]) => `${what} ${sum}`).join(", ");
}

/** The lines as text in columns. */
export function toTable(lines: readonly Line[]): string {
  const head = ["fault", "runs", "seeds", "outcome", "cycles", "invariants", "seconds"];
  const cells = lines.map((line) => [
    line.fault,
    line.runs,
    line.seeds,
    line.outcome,
    line.cycles,
    line.invariants,
    line.seconds,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function toLine(ends: readonly RunEnd[]): Line {
  const [first] = ends;
  if (first === undefined) throw new TypeError("a case without a run");
  const { fault } = first.run;
  const held = ends.filter(({ problem }) => problem === null);
  const cycles = held.flatMap(({ report }) => report?.cycles ?? []);
  const most = cycles.length === 0 ? "-" : String(Math.max(...cycles));
  return {
    fault: `${fault.id} ${fault.title}`,
    runs: held.length === ends.length ? String(ends.length) : `${held.length} of ${ends.length}`,
    seeds: [...new Set(ends.map(({ run }) => run.seed))].join(" "),
    outcome: held.length === ends.length ? "held" : "FAILED",
    cycles: fault.withinCycles === null ? most : `${most} ≤ ${fault.withinCycles}`,
    invariants: inShort(held.flatMap(({ report }) => report?.invariants ?? [])),
    seconds: (ends.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(1),
  };
}

/** `I1–I5 I8`: numbers that follow each other as one range. */
export function inShort(names: readonly string[]): string {
  const numbers = [...new Set(names.map((name) => Number(name.slice(1))))].sort((a, b) => a - b);
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.to === number - 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  const words = ranges.map(({ from, to }) => (from === to ? `I${from}` : `I${from}–I${to}`));
  return words.length === 0 ? "-" : words.join(" ");
}
