import type { CommitRange, CommitRecord } from "../source/spec-source.ts";
import { parseTrailers, type IgnoredLine, type Trailer } from "./trailers.ts";

/** What a commit says about rooms. */
export interface CommitWords {
  readonly record: CommitRecord;
  /** Null: it has no such trailer that counts. */
  readonly confirm: Trailer["scope"] | null;
  readonly dryRun: Trailer["scope"] | null;
  readonly ignored: readonly IgnoredWord[];
}

/** A line that does not count, with the rooms it names; absent: it speaks of the rooms its commit touches. */
export interface IgnoredWord extends IgnoredLine {
  readonly rooms?: readonly string[];
}

/**
 * What the commits of a range say, oldest first. Of a first head only `Dry-Run: <roomId>` counts: a `true` in it was said
 * about a change that this agent has not seen. Of a rewritten history nothing counts.
 */
export function commitWords(range: CommitRange): readonly CommitWords[] {
  switch (range.history) {
    case "first":
      return range.commits.slice(-1).map(firstWords);
    case "descends":
      return range.commits.map(readWords);
    case "rewritten":
      return [];
  }
}

/** A merge that says nothing itself: what it brings in was said, or not, by the commits it merges. */
export function isTransparent(words: CommitWords): boolean {
  return words.record.parents.length > 1 && words.confirm === null && words.dryRun === null;
}

/** A trailer as it is written. */
export function writeTrailer(kind: Trailer["kind"], scope: Trailer["scope"]): string {
  const value = scope === "all" ? "true" : scope.join(", ");
  return `${kind === "confirm" ? "Confirm" : "Dry-Run"}: ${value}`;
}

function readWords(record: CommitRecord): CommitWords {
  const { trailers, ignored } = parseTrailers(record.message);
  const scopeOf = (kind: Trailer["kind"]) =>
    trailers.find((trailer) => trailer.kind === kind)?.scope ?? null;
  return { record, confirm: scopeOf("confirm"), dryRun: scopeOf("dryRun"), ignored };
}

function firstWords(record: CommitRecord): CommitWords {
  const words = readWords(record);
  const ignored = [...words.ignored];
  if (words.confirm !== null) {
    const line = { line: writeTrailer("confirm", words.confirm), reason: NO_FIRST_CONFIRM };
    ignored.push(words.confirm === "all" ? line : { ...line, rooms: words.confirm });
  }
  if (words.dryRun === "all") {
    ignored.push({ line: writeTrailer("dryRun", "all"), reason: NO_FIRST_TRUE });
  }
  return {
    record,
    confirm: null,
    dryRun: words.dryRun === "all" ? null : words.dryRun,
    ignored,
  };
}

const NO_FIRST_CONFIRM =
  "the commit is the first this agent sees of the source, where no `Confirm` counts: name the rooms in a later commit";
const NO_FIRST_TRUE =
  "the commit is the first this agent sees of the source, where only `Dry-Run: <roomId>` counts: name the rooms";
