import type { CommitRange, CommitRecord } from "../source/spec-source.ts";
import type { AskedRooms } from "./dry-run-asked.ts";
import { trailersOf } from "./commit-trailers.ts";
import type { CommitLabels, LabelConfirm } from "./commit-labels.ts";
import { firstParentLine } from "./first-parent-line.ts";
import { quotedLine, type IgnoredLine, type Trailer } from "./trailers.ts";

/** What a commit says about rooms. */
export interface CommitWords {
  readonly record: CommitRecord;
  /** Its place in the range: higher is newer. */
  readonly place: number;
  /**
   * `line`: on the first-parent line of the head, it speaks for whatever it may. `merged`: it came in by a merge and speaks for
   * what it does itself. `first`: the head that a first clone found.
   */
  readonly stands: "line" | "merged" | "first";
  /** Null: it has no such trailer that counts. */
  readonly confirm: Trailer["scope"] | null;
  readonly dryRun: Trailer["scope"] | null;
  /** The reason of an `Override-Window` that counts. */
  readonly override: string | null;
  readonly ignored: readonly IgnoredWord[];
  /** What labels of the pull request say that was merged as this commit; absent: nothing. */
  readonly labels?: CommitLabels;
  /** The label that these words stand for; absent: they are the commit's own. */
  readonly label?: LabelConfirm;
}

/** A line that does not count, with the rooms it names; absent: it speaks of the rooms its commit touches. */
export interface IgnoredWord extends IgnoredLine {
  readonly rooms?: readonly string[];
}

/**
 * `Git.Sources[].Intent.MergedCommits`: what commits that are not on the first-parent line may say. `own`: about what they do
 * themselves. `all`: what any commit may. `none`: nothing, and a `Dry-Run` still holds the rooms its commit touches.
 */
export type MergedCommits = "own" | "all" | "none";

/** How many rooms all commits of a range may name; of older commits that would go over it no names count. */
const MAX_RANGE_NAMES = 10_000;

/**
 * What the commits of a range say, oldest first. Of a first head only `Dry-Run: <roomId>` counts: a `true` in it was said
 * about a change that this agent has not seen. Of a rewritten history `Dry-Run` counts, and no `Confirm`: what its commits
 * take out is not what the room loses. `isLabelled`: labels say something of them.
 */
export function commitWords(
  range: CommitRange,
  merged: MergedCommits = "own",
  isLabelled = false,
): readonly CommitWords[] {
  switch (range.history) {
    case "first":
      return range.commits.slice(-1).map((record) => firstWords(record));
    case "descends":
      return withinNames(descendingWords(range.commits, merged));
    case "rewritten": {
      const words = withinNames(descendingWords(range.commits, merged));
      const counted = words.map((one) => unconfirmed(one, NO_REWRITTEN_CONFIRM));
      return isLabelled || counted.some(isSpeaking) ? counted : [];
    }
  }
}

/** The commits of a range that say `Confirm` or `Override-Window`, whether or not that counts there, those included that were not looked at. */
export function confirmingCommits({
  commits,
  said,
}: Pick<CommitRange, "commits" | "said">): readonly CommitRecord[] {
  return [...commits, ...(said ?? [])].filter((commit) => {
    const { trailers, override } = trailersOf(commit);
    return override !== undefined || trailers.some(({ kind }) => kind === "confirm");
  });
}

/** A commit that says something, be it a line that does not count. */
export function isSpeaking({ labels, ...own }: CommitWords): boolean {
  const { confirm, dryRun, override, ignored } = own;
  return (
    confirm !== null ||
    dryRun !== null ||
    override !== null ||
    ignored.length > 0 ||
    (labels !== undefined && labels.confirms.length + labels.dryRuns.length > 0)
  );
}

/** The same commit with its `Override-Window` ignored for this reason. */
export function withoutOverride(words: CommitWords, reason: string): CommitWords {
  const { override, ignored } = words;
  if (override === null) return words;
  const line = { line: quotedLine(`Override-Window: ${override}`), reason };
  return { ...words, override: null, ignored: [...ignored, line] };
}

/** The same commit with its `Confirm` (on the rooms that it names) and its `Override-Window` ignored for this reason. */
export function unconfirmed(said: CommitWords, reason: string): CommitWords {
  return withoutLabelConfirms(withoutConfirm(withoutOverride(said, reason), reason), reason);
}

/** The same commit with the labels ignored that confirm, each on the rooms that it would have confirmed something in. */
export function withoutLabelConfirms(words: CommitWords, reason: string): CommitWords {
  const { labels, ignored } = words;
  if (labels === undefined || labels.confirms.length === 0) return words;
  const unused = labels.confirms.map(({ line, items }) => ({
    line,
    reason,
    rooms: [...items.keys()],
  }));
  return { ...words, labels: { ...labels, confirms: [] }, ignored: [...ignored, ...unused] };
}

/** The same commit with its `Confirm` alone ignored, on the rooms that it names. */
export function withoutConfirm(words: CommitWords, reason: string): CommitWords {
  const { confirm, ignored } = words;
  if (confirm === null) return words;
  const line = { line: writeTrailer("confirm", confirm), reason };
  const unused = confirm === "all" ? line : { ...line, rooms: confirm };
  return { ...words, confirm: null, ignored: [...ignored, unused] };
}

/** A merge without trailers: the commits it merges carry them. */
export function isTransparent(words: CommitWords): boolean {
  const { record, confirm, dryRun, override } = words;
  return record.parents.length > 1 && confirm === null && dryRun === null && override === null;
}

/** A trailer as it is written, shortened. */
export function writeTrailer(kind: Trailer["kind"], scope: Trailer["scope"]): string {
  const value = scope === "all" ? "true" : scope.join(", ");
  return quotedLine(`${kind === "confirm" ? "Confirm" : "Dry-Run"}: ${value}`);
}

function descendingWords(
  commits: readonly CommitRecord[],
  merged: MergedCommits,
): readonly CommitWords[] {
  const line = merged === "all" ? null : firstParentLine(commits);
  return commits.map((record, place) => {
    if (line === null || line.has(record.oid)) return readWords(record, { place, stands: "line" });
    const words = withoutOverride(readWords(record, { place, stands: "merged" }), MERGED_OVERRIDE);
    return merged === "own" ? words : without(words, ["confirm", "dryRun"], MERGED_NONE);
  });
}

/** Bounds the sum of names, from the newest commit back. */
function withinNames(all: readonly CommitWords[]): readonly CommitWords[] {
  let left = MAX_RANGE_NAMES;
  const within = (words: CommitWords): CommitWords => {
    const over = (["confirm", "dryRun"] as const).filter((kind) => {
      const scope = words[kind];
      if (scope === null || scope === "all") return false;
      left -= scope.length;
      return left < 0;
    });
    return over.length === 0 ? words : without(words, over, TOO_MANY_NAMES);
  };
  return all.toReversed().map(within).toReversed();
}

/** A commit of which these words do not count. A `Dry-Run` among them still holds what the commit touches. */
function without(
  words: CommitWords,
  kinds: readonly ("confirm" | "dryRun")[],
  reason: string,
): CommitWords {
  let kept = words;
  for (const kind of kinds) {
    const scope = kept[kind];
    if (scope === null) continue;
    const line: IgnoredWord = { line: writeTrailer(kind, scope), reason };
    const asked: IgnoredWord = kind === "dryRun" ? { ...line, asks: askedBy(scope) } : line;
    kept = { ...kept, [kind]: null, ignored: [...kept.ignored, asked] };
  }
  return kept;
}

function askedBy(scope: Trailer["scope"]): AskedRooms {
  return scope === "all" ? "touched" : { names: scope.slice(0, 1000), orTouched: true };
}

const TOO_MANY_NAMES =
  `newer commits of the same fetch name ${MAX_RANGE_NAMES} rooms already: ` +
  "name the rooms in a new commit once this fetch has been read";
const MERGED_NONE =
  "the commit came in by a merge, and MergedCommits is `none`: say it in the merge commit, or in a later commit on the branch";

const MERGED_OVERRIDE =
  "the commit came in by a merge: say it in the merge commit, or in a later commit on the branch";

function readWords(record: CommitRecord, at: Pick<CommitWords, "place" | "stands">): CommitWords {
  const { trailers, override = null, ignored } = trailersOf(record);
  const scopeOf = (kind: Trailer["kind"]) =>
    trailers.find((trailer) => trailer.kind === kind)?.scope ?? null;
  const said = { confirm: scopeOf("confirm"), dryRun: scopeOf("dryRun"), override };
  return { record, ...at, ...said, ignored };
}

function firstWords(record: CommitRecord): CommitWords {
  const said = readWords(record, { place: 0, stands: "first" });
  const words = withoutOverride(said, NO_FIRST_OVERRIDE);
  const ignored = words.ignored.map(firstIgnored);
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

/** What a first head touches is not known, so a look-alike of `Dry-Run` holds only rooms that it names. */
function firstIgnored({ asks, ...line }: IgnoredLine): IgnoredWord {
  if (asks === undefined || asks === "touched") return line;
  return { ...line, asks: { ...asks, orTouched: false } };
}

/** Why a `Confirm` or `Override-Window` does not count that is read again: after a rewind, or under another name of the source. */
export const ALREADY_USED =
  "AlreadyUsed: a `Confirm` or `Override-Window` counts once, and this commit's was read before: say it in a new commit";
/** The same where that is not known any more; `forgotten`: the ISO time from which on it would be. */
export const MAY_BE_USED = (forgotten: string) =>
  `MayBeUsed: a \`Confirm\` or \`Override-Window\` counts once, and of commits up to ${forgotten} (committer time) it is not remembered which were read: ` +
  "say it in a new commit";
const NO_FIRST_CONFIRM =
  "the commit is the first this agent sees of the source, where no `Confirm` counts: name the rooms in a later commit";
const NO_FIRST_OVERRIDE =
  "the commit is the first this agent sees of the source, where no `Override-Window` counts: say it in a later commit that changes the room";
const NO_REWRITTEN_CONFIRM =
  "the branch was not built on the head before it, and neither `Confirm` nor `Override-Window` counts in such a history: say it in a new commit";
const NO_FIRST_TRUE =
  "the commit is the first this agent sees of the source, where only `Dry-Run: <roomId>` counts: name the rooms";
