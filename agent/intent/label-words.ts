import type { LabelConfirm, LabelDryRun } from "./commit-labels.ts";
import { broughtBy, firstParentLine } from "./first-parent-line.ts";
import type { CommitWords, IgnoredWord } from "./commit-words.ts";

/** What the labels of one merged pull request say. */
export interface PullRequestLabels {
  readonly number: number;
  /** The newest commit that the branch got by the merge. */
  readonly mergeSha: string;
  readonly confirms: readonly LabelConfirm[];
  readonly dryRuns: readonly LabelDryRun[];
  /** What it showed of the rooms that it changes. */
  readonly plans: ReadonlyMap<string, string>;
  /** Labels that do not count; they are reported on what the merge changes. */
  readonly ignored: readonly IgnoredWord[];
}

/**
 * The words of a range with what labels say: a `Confirm` at the merge commit; a dry run at each commit of the branch that the
 * merge may have brought, that is back to the merge before it or to a merge commit. Where the merge was a squash, that may be a
 * commit too many, which is only planned as well. A merge that came to the branch by another one speaks at that one: somebody
 * pulled the branch and pushed on top of it.
 */
export function withLabels(
  words: readonly CommitWords[],
  pulls: readonly PullRequestLabels[],
): readonly CommitWords[] {
  if (pulls.length === 0) return words;
  const records = words.map(({ record }) => record);
  const line = firstParentLine(records);
  const brought = broughtBy(records, line);
  const byMerge = Map.groupBy(pulls, ({ mergeSha }) => brought.get(mergeSha) ?? mergeSha);
  let open: PullRequestLabels | null = null;
  const labelled = words.toReversed().map((one): CommitWords => {
    const { oid, parents } = one.record;
    if (!line.has(oid)) return one;
    const merged = byMerge.get(oid) ?? [];
    open = merged.at(-1) ?? open;
    const dryRuns = merged.length > 0 ? merged.flatMap((pull) => pull.dryRuns) : ofAll(open);
    const reviewed = open === null ? {} : { reviewed: toReviewed(open) };
    // A merge commit is all that its merge brought to the branch.
    if (parents.length > 1) open = null;
    const confirms = merged.flatMap((pull) => pull.confirms);
    const ignored = [...one.ignored, ...merged.flatMap((pull) => pull.ignored)];
    return { ...one, labels: { ...reviewed, confirms, dryRuns }, ignored };
  });
  return labelled.toReversed();
}

/** Whether labels say anything, be it that they do not count. */
export function isLabelled(pulls: readonly PullRequestLabels[]): boolean {
  return pulls.some(
    ({ confirms, dryRuns, ignored }) => confirms.length + dryRuns.length + ignored.length > 0,
  );
}

/** What a pull request says of each commit that it may have brought. */
function ofAll(pull: PullRequestLabels | null): readonly LabelDryRun[] {
  return pull?.dryRuns.filter(({ room }) => room === null) ?? [];
}

function toReviewed({ number, plans }: PullRequestLabels) {
  return { pullRequest: number, plans };
}

/** A label's name as messages and records give it. */
export function labelLine(name: string, number: number): string {
  return `label ${name} of pull request #${number}`;
}
