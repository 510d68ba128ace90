import type { LineCounter } from "yaml";

/** A finding with a place. Line and column count from 1. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Collecting stops after so many findings of one kind: more do not help, and each costs memory. */
export const MAX_PROBLEMS = 100;

export function markAt(lines: LineCounter, offset: number, message: string): Mark {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), message };
}
