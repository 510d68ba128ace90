import type { CommitRange, CommitRecord } from "../source/spec-source.ts";
import { parseTrailers, quotedLine, type IgnoredLine, type Trailer } from "./trailers.ts";

/** What a commit says about rooms. */
export interface CommitWords {
  readonly record: CommitRecord;
  /** Its place in the range: higher is newer. */
  readonly place: number;
  /** Null: it has no such trailer that counts. */
  readonly confirm: Trailer["scope"] | null;
  readonly dryRun: Trailer["scope"] | null;
  readonly ignored: readonly IgnoredWord[];
}

/** A line that does not count, with the rooms it names; absent: it speaks of the rooms its commit touches. */
export interface IgnoredWord extends IgnoredLine {
  readonly rooms?: readonly string[];
}

/** How many rooms all commits of a range may name; of older commits that would go over it no names count. */
const MAX_RANGE_NAMES = 10_000;

/**
 * What the commits of a range say, oldest first. Of a first head only `Dry-Run: <roomId>` counts: a `true` in it was said
 * about a change that this agent has not seen. Of a rewritten history nothing counts.
 */
export function commitWords(range: CommitRange): readonly CommitWords[] {
  switch (range.history) {
    case "first":
      return range.commits.slice(-1).map((record) => firstWords(record));
    case "descends":
      return withinNames(range.commits.map(readWords));
    case "rewritten":
      return [];
  }
}

/** The commits of a range that say `Confirm`, whether or not that counts there; newest first. */
export function confirmingCommits({ commits }: Pick<CommitRange, "commits">): readonly string[] {
  return commits
    .filter((record) => readWords(record).confirm !== null)
    .map(({ oid }) => oid)
    .reverse();
}

/** A merge that says nothing itself: what it brings in was said, or not, by the commits it merges. */
export function isTransparent(words: CommitWords): boolean {
  return words.record.parents.length > 1 && words.confirm === null && words.dryRun === null;
}

/** A trailer as it is written, shortened. */
export function writeTrailer(kind: Trailer["kind"], scope: Trailer["scope"]): string {
  const value = scope === "all" ? "true" : scope.join(", ");
  return quotedLine(`${kind === "confirm" ? "Confirm" : "Dry-Run"}: ${value}`);
}

/** Bounds the sum of names, from the newest commit back. */
function withinNames(all: readonly CommitWords[]): readonly CommitWords[] {
  let left = MAX_RANGE_NAMES;
  const within = (words: CommitWords): CommitWords => {
    let kept = words;
    for (const kind of ["confirm", "dryRun"] as const) {
      const scope = words[kind];
      if (scope === null || scope === "all") continue;
      left -= scope.length;
      if (left >= 0) continue;
      const line = { line: writeTrailer(kind, scope), reason: TOO_MANY_NAMES };
      kept = { ...kept, [kind]: null, ignored: [...kept.ignored, line] };
    }
    return kept;
  };
  return all.toReversed().map(within).toReversed();
}

const TOO_MANY_NAMES =
  `newer commits of the same fetch name ${MAX_RANGE_NAMES} rooms already: ` +
  "name the rooms in a new commit once this fetch has been read";

function readWords(record: CommitRecord, place = 0): CommitWords {
  const { trailers, ignored } = parseTrailers(record.message);
  const scopeOf = (kind: Trailer["kind"]) =>
    trailers.find((trailer) => trailer.kind === kind)?.scope ?? null;
  return { record, place, confirm: scopeOf("confirm"), dryRun: scopeOf("dryRun"), ignored };
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
    ...words,
    confirm: null,
    dryRun: words.dryRun === "all" ? null : words.dryRun,
    ignored,
  };
}

const NO_FIRST_CONFIRM =
  "the commit is the first this agent sees of the source, where no `Confirm` counts: name the rooms in a later commit";
const NO_FIRST_TRUE =
  "the commit is the first this agent sees of the source, where only `Dry-Run: <roomId>` counts: name the rooms";
