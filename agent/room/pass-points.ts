import type { IntentRow } from "./rows.ts";

/**
 * The points that a change passes on its way from a commit to a verified room, in their order:
 * - `fetched`: the source's commits are here and verified, nothing of them is written down
 * - `recorded`: a room's new inputs, and the confirmations of its commits, are durable
 * - `planned`: PLANNING found something to do
 * - `judged`: the guardrails let the plan pass
 * - `confirmed`: a person's confirmation of it is durable
 * - `intended`: every intent is durable
 * - `sent`: the call of one intent is on its way
 * - `answered`: its answer is here and written down nowhere
 * - `applied`: APPLY has ended and VERIFY has not read
 * - `verified`: VERIFY has read, its findings are written down nowhere
 * - `quarantined`: a pass that is undone: its quarantine and every intent of the undo are durable
 * - `concluded`: how the intents ended, and the room as it is known now, are durable
 */
export type PassPoint =
  | "fetched"
  | "recorded"
  | "planned"
  | "judged"
  | "confirmed"
  | "intended"
  | "sent"
  | "answered"
  | "applied"
  | "verified"
  | "quarantined"
  | "concluded";

export interface PassPointReached {
  readonly point: PassPoint;
  /** Null where it is about a whole snapshot. */
  readonly roomId: string | null;
  /** What is being carried out, at `sent` and `answered`. */
  readonly intent?: IntentRow;
}

/**
 * Watches passes from the outside: called at each point; the pass continues when it resolves. It decides nothing, and must
 * not reject. At `sent` the call does not wait for it.
 */
export type PassObserver = (reached: PassPointReached) => void | Promise<void>;
