/** The status that the agent wrote last at a commit of a source. */
export interface WrittenStatus {
  readonly source: string;
  /** The commit's whole id. */
  readonly sha: string;
  readonly state: "pending" | "success" | "error" | "failure";
  readonly description: string;
  /** How many were written at this commit. */
  readonly writes: number;
}
