import type { Refusal } from "../guardrail/guardrail.ts";
import type { RequestConfirm } from "../room/request-confirm.ts";
import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { PlanDigest } from "../plan/plan-digest.ts";
import { removalsOf } from "../plan/removals.ts";

/** The reason of a plan that is not the one its request confirmed. */
export const CONFIRMATION_OUTDATED = "ConfirmationOutdated";

/** Whether a pass was refused for its request's words alone: there is nothing to do in the room. */
export function isOutdatedAlone([first]: readonly EndedAttempt[]): boolean {
  if (first?.ending.outcome.kind !== "refused") return false;
  const { plan, refusals } = first.ending;
  const isIdle = plan?.actions.length === 0 && plan.removedPolicies.length === 0;
  return isIdle && refusals.every(({ reason }) => reason === CONFIRMATION_OUTDATED);
}

/** Refuses a plan that goes beyond what its request confirmed. It names the new list and the new digest. */
export function confirmationOutdated(
  confirm: RequestConfirm,
  plan: Plan,
  now: { readonly digest: PlanDigest; readonly beyond: readonly Item[] },
): Refusal {
  const items = removalsOf(plan);
  const { digest } = now;
  const found =
    confirm.kind === "plan"
      ? `X-Confirm names the plan ${confirm.digest}, and the room's plan is another one: it removes ${countOf(items)}`
      : `The room's plan removes ${countOf(items)}; not shown when the request arrived: ${listed(now.beyond)}`;
  return {
    guardrail: "confirmation",
    reason: CONFIRMATION_OUTDATED,
    effect: "refusal",
    message: `${found}. Nothing was confirmed. To allow this plan, send the same request with X-Confirm: ${digest}`,
    items,
    confirmable: true,
  };
}

function countOf(items: readonly Item[]): string {
  const { length } = items;
  return length === 0 ? "nothing" : `${length} item${length === 1 ? "" : "s"} (${listed(items)})`;
}
