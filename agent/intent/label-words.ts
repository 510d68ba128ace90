import type { LabelConfirm, LabelDryRun } from "./commit-labels.ts";
import { firstParentLine } from "./first-parent-line.ts";
import type { CommitWords, IgnoredWord } from "./commit-words.ts";

/** What the labels of one merged pull request say. */
export interface PullRequestLabels {
  readonly number: number;
  /** The newest commit that the branch got by the merge. */
  readonly mergeSha: string;
  readonly confirms: readonly LabelConfirm[];
  readonly dryRuns: readonly LabelDryRun[];
  /** Labels that do not count; they are reported on what the merge changes. */
  readonly ignored: readonly IgnoredWord[];
}

/**
 * The words of a range with what labels say: a `Confirm` at the merge commit; a dry run at each commit of the branch that the
 * merge may have brought, that is back to the merge before it or to a merge commit. Where the merge was a squash, that may be a
 * commit too many, which is only planned as well.
 */
export function withLabels(
  words: readonly CommitWords[],
  pulls: readonly PullRequestLabels[],
): readonly CommitWords[] {
  if (pulls.length === 0) return words;
  const byMerge = Map.groupBy(pulls, ({ mergeSha }) => mergeSha);
  const line = firstParentLine(words.map(({ record }) => record));
  let open: readonly LabelDryRun[] = [];
  const labelled = words.toReversed().map((one): CommitWords => {
    const { oid, parents } = one.record;
    if (!line.has(oid)) return one;
    const merged = byMerge.get(oid);
    if (merged !== undefined) open = merged.flatMap(({ dryRuns }) => dryRuns);
    const dryRuns = merged === undefined ? open.filter(({ room }) => room === null) : open;
    // A merge commit is all that its merge brought to the branch.
    if (parents.length > 1) open = [];
    return withLabelsOf(one, merged ?? [], dryRuns);
  });
  return labelled.toReversed();
}

function withLabelsOf(
  words: CommitWords,
  merged: readonly PullRequestLabels[],
  dryRuns: readonly LabelDryRun[],
): CommitWords {
  const confirms = merged.flatMap((pull) => pull.confirms);
  const ignored = merged.flatMap((pull) => pull.ignored);
  if (confirms.length + dryRuns.length + ignored.length === 0) return words;
  return { ...words, labels: { confirms, dryRuns }, ignored: [...words.ignored, ...ignored] };
}

/** A label's name as messages and records give it. */
export function labelLine(name: string, number: number): string {
  return `label ${name} of pull request #${number}`;
}
