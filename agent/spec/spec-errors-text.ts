import { legible } from "../kernel/shortened.ts";
import type { SpecProblem } from "./room-spec.ts";

const MAX_TEXT = 1000;

/** What is wrong with the spec files of a source: how much, and the first of it. */
export interface SpecErrors {
  readonly specErrors: readonly Pick<SpecProblem, "path" | "line" | "column" | "message">[];
  readonly specErrorCount: number;
}

/** What a text shows of errors, and where the others are; absent: two, and `GET /status`. */
export interface ShownErrors {
  readonly max: number;
  readonly others: string;
}

const BY_AGENT: ShownErrors = { max: 2, others: ": GET /status lists all" };

/** One sentence on spec files that cannot be used, for log, audit and health: how many errors, the first of them, and where the others are. */
export function specErrorsText(errors: SpecErrors, shown: ShownErrors = BY_AGENT): string {
  const { specErrors, specErrorCount: count } = errors;
  if (specErrors.length === 0) return "no error in spec files";
  const texts = specErrors
    .slice(0, shown.max)
    .map(({ path, line, column, message }) =>
      legible(`${path}:${line}:${column}: ${message}`, MAX_TEXT),
    );
  const left = Math.max(0, count - texts.length);
  const rest = left === 0 ? "" : `; and ${left} more${shown.others}`;
  return `${count === 1 ? "1 error" : `${count} errors`} in spec files: ${texts.join("; ")}${rest}`;
}

/** The text without its count of errors that are listed by `GET /status` alone: a longer text of the same errors begins so. Pure. */
export function firstErrorsOf(text: string): string {
  const end = BY_AGENT.others;
  return text.endsWith(end) ? text.slice(0, -end.length).replace(/; and \d+ more$/, "") : text;
}
