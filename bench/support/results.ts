import { z } from "zod";
import { toRow } from "./row.ts";
import type { Measured, Row, RowKind } from "./row.ts";

const machine = z.object({
  cpu: z.string(),
  threads: z.number(),
  memoryGb: z.number(),
  system: z.string(),
  node: z.string(),
  git: z.string(),
});

export type Machine = z.infer<typeof machine>;

const benchRun = z.object({
  /** ISO 8601; identifies the run. */
  startedAt: z.string(),
  command: z.string(),
  quick: z.boolean(),
  machine,
  /** Load average of the last minute. */
  loadBefore: z.number(),
  loadAfter: z.number(),
});

/** One call of `npm run bench`. */
export type BenchRun = z.infer<typeof benchRun>;

const measured = z.object({
  what: z.string(),
  value: z.number(),
  base: z.number().optional(),
  note: z.string().optional(),
});

const benchResult = z.object({
  run: benchRun,
  /** The figures of each time it was measured. */
  times: z.array(z.array(measured)),
  /** Why it was not measured as often as was asked for. */
  problems: z.array(z.string()),
});

export type BenchResult = z.infer<typeof benchResult>;

/** The newest result of each bench, by its name. */
export const benchResults = z.record(z.string(), benchResult);

export type BenchResults = z.infer<typeof benchResults>;

/** How a bench ended. */
export type Outcome =
  | { readonly kind: "measured"; readonly figures: readonly Measured[] }
  | { readonly kind: "skipped" | "failed"; readonly why: string };

/** Results with one more: next to those that the same run has already, in place of an older run's. */
export function withOutcome(
  results: BenchResults,
  at: { readonly name: string; readonly run: BenchRun },
  outcome: Outcome,
): BenchResults {
  const before = results[at.name];
  const isSame = before?.run.startedAt === at.run.startedAt;
  const { times, problems } = isSame ? before : { times: [], problems: [] };
  const more = outcome.kind === "measured" ? [[...outcome.figures]] : [];
  const why = outcome.kind === "measured" ? [] : [`${outcome.kind}: ${outcome.why}`];
  return {
    ...results,
    [at.name]: {
      run: at.run,
      times: [...times, ...more],
      problems: [...new Set([...problems, ...why])],
    },
  };
}

/** The same results, of a run that ended at this load. */
export function endedRun(results: BenchResults, loadAfter: number): BenchResults {
  return Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      name,
      { ...result, run: { ...result.run, loadAfter } },
    ]),
  );
}

/** The rows as they are declared today: a figure whose row was renamed is left out, a row without a figure says so. */
export function rowsOf(kinds: readonly RowKind[], result: BenchResult | undefined): readonly Row[] {
  return kinds.map((kind) => {
    const figures = (result?.times ?? []).flatMap((time) =>
      time.filter(({ what }) => what === kind.what),
    );
    return toRow(kind, figures);
  });
}
