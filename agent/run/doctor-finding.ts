import type { ForgeFinding } from "../forge/forge.ts";
import type { Reason } from "../status/reasons.ts";

/** What was looked at, and what came of it. */
export interface Finding extends Omit<ForgeFinding, "result"> {
  /** Such as `RoomServer` or `source specs`. */
  readonly about: string;
  readonly result: ForgeFinding["result"] | "warning" | "wrong";
  /** What `/health` calls it; absent: the message begins with that, if there is one. */
  readonly reason?: Reason;
}
