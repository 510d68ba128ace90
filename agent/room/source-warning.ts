import type { Reason } from "../status/reasons.ts";

/** Something about a source that a person should read; nothing waits for it. */
export interface SourceWarningRow {
  readonly reason: Reason;
  readonly message: string;
  /** The line of a commit message that it is about, where it counts for no room. Absent: it is about something else. */
  readonly line?: string;
  /** As `SourceWarning` of the source says. */
  readonly notRead?: readonly string[];
}
