import type { Refusal } from "../guardrail/guardrail.ts";
import type { Outcome } from "./outcome.ts";

/** How a pass ends that did all but what is held; undefined when nothing is. */
export function heldOutcome(refusals: readonly Refusal[]): Outcome | undefined {
  const hold = refusals.find(({ effect, items }) => effect === "hold" && items.length > 0);
  if (hold === undefined) return undefined;
  return { kind: "held", reason: hold.reason, message: hold.message };
}
