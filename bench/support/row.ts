import { median } from "./statistics.ts";

/** What a bench measures, known before it runs: one line of the table. */
export interface RowKind {
  readonly what: string;
  readonly unit: Unit;
  /** The target, in `unit`. */
  readonly atMost?: number;
  /** What the figure is compared with in the same run, and the target of that. */
  readonly ratio?: { readonly of: string; readonly atMost?: number };
}

export type Unit = "ms" | "s" | "B" | "kB" | "MB" | "";

/** One run's figure of a row, in the row's unit. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  /** The figure that `ratio.of` names. */
  readonly base?: number | undefined;
  /** What belongs to the figure, in words. */
  readonly note?: string | undefined;
}

/** One line of the table as people read it. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly target: string;
  readonly ratio: string;
  /** Null: there is no target, or no figure. */
  readonly met: boolean | null;
}

/** A figure of this row. */
export function measured(
  { what }: RowKind,
  value: number,
  more: Omit<Measured, "what" | "value"> = {},
): Measured {
  return { what, value, ...more };
}

/** The median of the runs with their spread, held against the target. Without a run: `why` stands for the figure. */
export function toRow(kind: RowKind, runs: readonly Measured[], why = "not measured"): Row {
  const { what, unit, atMost, ratio } = kind;
  const [first] = runs;
  if (first === undefined)
    return { what, figure: why, target: targetOf(kind), ratio: "", met: null };
  const values = runs.map(({ value }) => value);
  const value = median(values);
  const note = runs.find((run) => run.value === value)?.note;
  const bases = runs.flatMap(({ base }) => (base === undefined ? [] : [base]));
  const ratios = runs.flatMap(({ value: of, base }) => (base === undefined ? [] : [of / base]));
  const isMissing = ratio !== undefined && ratios.length === 0;
  const limits: boolean[] = [];
  if (atMost !== undefined) limits.push(value <= atMost);
  if (ratio?.atMost !== undefined) limits.push(!isMissing && median(ratios) <= ratio.atMost);
  return {
    what,
    figure: withNote(
      withSpread(values, (one) => show(one, unit)),
      note,
    ),
    target: targetOf(kind, isMissing ? undefined : bases),
    ratio: ratio === undefined || isMissing ? "" : withSpread(ratios, times),
    met: limits.length === 0 ? null : limits.every(Boolean),
  };
}

function targetOf({ unit, atMost, ratio }: RowKind, bases: readonly number[] = []): string {
  const parts: string[] = [];
  if (atMost !== undefined) parts.push(`≤ ${show(atMost, unit, true)}`);
  if (ratio !== undefined) {
    const limit = ratio.atMost === undefined ? "against" : `≤ ${ratio.atMost}×`;
    const base = bases.length === 0 ? "" : ` (${show(median(bases), unit)})`;
    parts.push(`${limit} ${ratio.of}${base}`);
  }
  return parts.join("; ");
}

function withSpread(values: readonly number[], text: (value: number) => string): string {
  const middle = text(median(values));
  const [least, most] = [text(Math.min(...values)), text(Math.max(...values))];
  return least === most ? middle : `${middle} [${least} to ${most}]`;
}

function withNote(figure: string, note: string | undefined): string {
  return note === undefined ? figure : `${figure} (${note})`;
}

/** Small figures with two digits behind the point, large ones whole; a target (`exact`) as it was written. */
export function show(value: number, unit: Unit, exact = false): string {
  const digits = exact ? 3 : Math.abs(value) < 10 ? 2 : 0;
  const least = exact || unit === "B" ? 0 : digits;
  const number = value.toLocaleString("en-US", {
    minimumFractionDigits: least,
    maximumFractionDigits: unit === "B" ? 0 : digits,
  });
  return unit === "" ? number : `${number} ${unit}`;
}

/** A number of things, as in the name of a row. */
export function whole(count: number): string {
  return show(Math.round(count), "", true);
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
    metText(met),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

export function metText(met: boolean | null): string {
  return met === null ? "-" : met ? "yes" : "NO";
}
