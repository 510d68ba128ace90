import type { OwnTrigger } from "../kernel/trigger.ts";

/** How a pass over a key ended, as far as the queue is concerned. */
export type PassEnding =
  /** Nothing is left to do: failures are forgotten, the next trigger brings the key back. */
  | { readonly kind: "settled" }
  /** Another pass at once. */
  | { readonly kind: "again"; readonly priority: OwnTrigger }
  /** Another pass after `delayMs`, or as soon as anything triggers it. */
  | { readonly kind: "after"; readonly priority: OwnTrigger; readonly delayMs: number }
  /** The pass failed: another after the key's own backoff and not before `atLeastMs`; only a fresh trigger comes earlier. */
  | {
      readonly kind: "backoff";
      readonly priority: OwnTrigger;
      readonly atLeastMs?: number;
      /** True: what failed before is over, so this is a first failure. Absent: false. */
      readonly isFirst?: boolean;
    }
  /** Only a rehearsal ran, or nothing: what the key's own triggers had asked for is as it was, its backoff too. */
  | { readonly kind: "unspent" };

/** Ms after which a pass that fails has kept its worker from others for long. What answers at all mostly fails sooner. */
const SLOW_MS = 1000;

/** Whether a pass of `tookMs` kept its worker for long, and failed. */
export function isSlowFailure({ kind }: PassEnding, tookMs: number): boolean {
  return kind === "backoff" && tookMs >= SLOW_MS;
}
