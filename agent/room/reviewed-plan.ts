/** The plan of a room that people saw in the pull request that was merged. */
export interface ReviewedPlan {
  /** Digest of the inputs that the merge brought. */
  readonly inputs: string;
  readonly pullRequest: number;
  /** Of the newest plan of the room that was shown; null: none was. */
  readonly plan: string | null;
}
