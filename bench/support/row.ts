/** One line of the table: what was measured, what it should be, and what it was compared with in the same run. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly target: string;
  /** To the bare cost or bound named in it; empty where there is none. */
  readonly ratio: string;
  /** Null: there is no target, the figure is for information. */
  readonly met: boolean | null;
}

export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(2)} ms` : `${Math.round(value)} ms`;
}

export function times(value: number): string {
  return `${value.toFixed(2)}×`;
}

/** The rows as text in columns. */
export function toTable(rows: readonly Row[]): string {
  const head = ["what", "figure", "target", "ratio", "met"];
  const cells = rows.map(({ what, figure, target, ratio, met }) => [
    what,
    figure,
    target,
    ratio,
    met === null ? "-" : met ? "yes" : "NO",
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}
