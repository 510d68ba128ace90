/** An owner that may not have its room under the configuration the agent was started with. */
export interface LostOwner {
  readonly source: string;
  readonly path: string;
  /** `SourceChanged`: the source is read from another place now, and no spec there names the room. */
  readonly reason: "SourceNotConfigured" | "RoomNotAllowed" | "SourceChanged";
  /** ISO time of the start, or of the snapshot, that found it. */
  readonly since: string;
}
