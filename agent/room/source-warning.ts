/** Something about a source that a person should read; nothing waits for it. */
export interface SourceWarningRow {
  readonly reason: string;
  readonly message: string;
  /** The line of a commit message that it is about, where it counts for no room. Absent: it is about something else. */
  readonly line?: string;
}
