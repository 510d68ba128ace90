import { legible } from "../kernel/shortened.ts";
import type { SpecProblem } from "./room-spec.ts";

const MAX_TEXT = 1000;

/** What is wrong with the spec files of a source: how much, and the first of it. */
export interface SpecErrors {
  readonly specErrors: readonly Pick<SpecProblem, "path" | "line" | "column" | "message">[];
  readonly specErrorCount: number;
}

/** One sentence on spec files that cannot be used, for log, audit and health: how many errors, and where the first is. */
export function specErrorsText({ specErrors, specErrorCount }: SpecErrors): string {
  const [first] = specErrors;
  if (first === undefined) return "no error in spec files";
  const { path, line, column, message } = first;
  const count = specErrorCount === 1 ? "1 error" : `${specErrorCount} errors`;
  return `${count} in spec files: ${legible(`${path}:${line}:${column}: ${message}`, MAX_TEXT)}`;
}
