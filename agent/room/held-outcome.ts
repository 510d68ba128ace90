import type { Refusal } from "../guardrail/guardrail.ts";
import type { Outcome } from "./outcome.ts";

/** How a pass ends that did all but what is held; undefined when nothing is. */
export function heldOutcome(refusals: readonly Refusal[]): Outcome | undefined {
  const hold = refusals.find(({ effect, items }) => effect === "hold" && items.length > 0);
  if (hold === undefined) return undefined;
  return { kind: "partial", reason: hold.reason, message: hold.message };
}

/** Whether a pass has left nothing but what is held: then a person is waited for, and no further try does more. */
export function isHeld(outcome: Outcome, refusals: readonly Refusal[]): boolean {
  if (outcome.kind !== "partial") return false;
  return refusals.some(({ effect, reason }) => effect === "hold" && reason === outcome.reason);
}
