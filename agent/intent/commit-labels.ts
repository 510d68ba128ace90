import type { Item } from "../plan/item.ts";

/** A label that confirms what a plan showed. */
export interface LabelConfirm {
  /** Such as `label confirm of pull request #7`. */
  readonly line: string;
  /** `pull request number@merge commit`: what it is known by, so that it counts once. */
  readonly id: string;
  /** The commit that its pull request was merged as. */
  readonly commit: string;
  /** The login of who set it, with the id that counts. */
  readonly actor: string;
  /** By room id: the removals that were shown as refused there. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
}

/** A label that asks for a dry run. */
export interface LabelDryRun {
  readonly line: string;
  /** The room that it names; null: it speaks of all that the merge changes. */
  readonly room: string | null;
}

/** What labels say at one commit. */
export interface CommitLabels {
  /** The pull request that brought the commit; absent: none is known. */
  readonly reviewed?: ReviewedPulls;
  readonly confirms: readonly LabelConfirm[];
  readonly dryRuns: readonly LabelDryRun[];
}

/** What a pull request showed of the rooms that it changes. */
export interface ReviewedPulls {
  readonly pullRequest: number;
  /** Digest of the newest plan that was shown, by room id. */
  readonly plans: ReadonlyMap<string, string>;
}
