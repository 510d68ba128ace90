/** An owner that may not have its room under the configuration the agent was started with. */
export interface LostOwner {
  readonly source: string;
  readonly path: string;
  readonly reason: "SourceNotConfigured" | "RoomNotAllowed";
  /** ISO time of the start that found it. */
  readonly since: string;
}
