import type { ForgeFinding } from "../forge/forge.ts";

/** What was looked at, and what came of it. */
export interface Finding extends Omit<ForgeFinding, "result"> {
  /** Such as `RoomServer` or `source specs`. */
  readonly about: string;
  readonly result: ForgeFinding["result"] | "warning";
}
