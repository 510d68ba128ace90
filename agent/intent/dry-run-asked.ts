import type { LookAlike } from "./look-alike.ts";
import { trimMarks } from "./trim-marks.ts";

/** Which rooms a line holds as a dry run that looks like `Dry-Run` and does not count. */
export type AskedRooms =
  /** Those its commit touches. */
  | "touched"
  /** Those of the names that are rooms; `orTouched`: where one of them is none, those that the commit touches. */
  | { readonly names: readonly string[]; readonly orTouched: boolean };

const YES = new Set(["true", "yes", "on", "y", "t", "1"]);
const NO = new Set(["false", "no", "off", "n", "f", "0", "none", "never", "not", "without"]);
const MARK = /[\s"'`*<>()[\].,;!]/u;
const MAX_NAMES = 1000;

/**
 * What a look-alike of `Dry-Run` asks for; null where it asks for none (`Dry-Run: false`) or is prose. In doubt it asks: a
 * room that is held costs a commit more, one that is not may lose people. A key that is not exact in front of several words
 * is prose (`dry-run: explain the plan`), but a room that it names is meant.
 */
export function dryRunAsked(line: LookAlike, isSubject: boolean): AskedRooms | null {
  const value = trimMarks(line.value, MARK);
  const words = value.split(/[\s,;]+/u).filter((word) => word !== "");
  const first = trimMarks(words[0] ?? "", MARK).toLowerCase();
  if (NO.has(first)) return null;
  if (isYes(first)) return "touched";
  if (line.key === "misspelt") return { names: words.slice(0, MAX_NAMES), orTouched: false };
  const isList = value.split(/[,;]/u).every((part) => !/\s/u.test(part.trim()));
  if (!isList) {
    return line.key === "exact"
      ? "touched"
      : { names: words.slice(0, MAX_NAMES), orTouched: false };
  }
  const orTouched = line.key === "exact" || !isSubject;
  if (words.length === 0 || words.length > MAX_NAMES) return orTouched ? "touched" : null;
  return { names: words, orTouched };
}

/** Whether a word means `true`. */
export function isYes(word: string): boolean {
  return YES.has(word.toLowerCase());
}
