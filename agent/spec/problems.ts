import { shortened } from "../kernel/shortened.ts";
import type { Mark } from "./mark.ts";
import type { SpecProblem } from "./room-spec.ts";

/** Longer messages and paths say nothing that helps; a file decides how many there are. UTF-16 code units. */
const MAX_MESSAGE = 500;
const PATH_HEAD = 120;
const PATH_TAIL = 280;

/** How many findings a list stands for: those in it, and those that were only counted. */
export function countProblems(problems: readonly SpecProblem[]): number {
  return problems.reduce((sum, { further }) => sum + (further ?? 1), 0);
}

/** The first `most` findings and, if there are more, one entry that counts the rest. */
export function firstProblems(
  problems: readonly SpecProblem[],
  most: number,
): readonly SpecProblem[] {
  const listed = problems.filter(({ further }) => further === undefined);
  const kept = listed.slice(0, most);
  const last = kept.at(-1);
  const further = countProblems(problems) - kept.length;
  if (last === undefined || further === 0 || kept.length === listed.length) return problems;
  return [...kept, { ...last, message: furtherMessage(further), further }];
}

export interface ProblemScope {
  readonly path: string;
  /** Findings that are listed; one more entry counts the rest. */
  readonly most: number;
  /** Findings of the file that are not among the marks. */
  readonly unplaced?: number;
  /** True: counting stopped somewhere, so there may be more than that. */
  readonly stopped?: boolean;
}

/** Marks as findings of a file: in file order, each once, the first `most` and then an entry that counts the others. */
export function toProblems(marks: readonly Mark[], scope: ProblemScope): readonly SpecProblem[] {
  const { path, most, unplaced = 0, stopped = false } = scope;
  const unique = new Map(
    marks.map((mark) => [`${mark.line}:${mark.column}:${mark.message}`, mark]),
  );
  const sorted = [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  const kept = sorted.slice(0, most).map(({ line, column, message }): SpecProblem => {
    return { path, line, column, message: shownMessageOf(message) };
  });
  const further = sorted.length - kept.length + unplaced;
  const last = kept.at(-1);
  if (further > 0 && last !== undefined) {
    kept.push({ ...last, message: furtherMessage(further, stopped), further });
  }
  return kept;
}

/** A path for findings: its begin and its end, with `…` for what is between, if it is very long. */
export function shownPathOf(path: string): string {
  if (path.length <= PATH_HEAD + PATH_TAIL) return path;
  return `${path.slice(0, PATH_HEAD)}…${path.slice(-PATH_TAIL)}`;
}

/** A message for findings: its begin, if it is very long. */
export function shownMessageOf(message: string): string {
  return shortened(message, MAX_MESSAGE);
}

function furtherMessage(further: number, stopped = false): string {
  const counted = stopped ? `${further} or more` : String(further);
  return `${counted} further finding${further === 1 && !stopped ? "" : "s"}: correct these first`;
}
