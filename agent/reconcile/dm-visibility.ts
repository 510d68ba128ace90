import type { DesiredRoom } from "../plan/plan.ts";
import type { EndedIntent } from "./sending/end-intents.ts";

/** Whether a spec names the one policy that is critical: dropping it needs a confirmation. */
export function namesDmVisibility({ spec }: DesiredRoom): boolean {
  return spec.spec.policies.dmVisibilityDefault !== undefined;
}

/** A spec that was taken up, as far as its critical policy is concerned. */
export interface PolicyPass {
  readonly named: boolean;
  /** Something of the spec was carried out, or all of it was found to be there. */
  readonly began: boolean;
  readonly converged: boolean;
  readonly ended: readonly EndedIntent[];
}

/**
 * `keepsDmVisibility` after a pass. A removal that was carried out is not asked for again only because something else of the
 * same spec is still to be done.
 */
export function keepsDmVisibilityAfter(before: boolean, pass: PolicyPass): boolean {
  if (pass.named) return before || pass.began;
  return before && !pass.converged && !pass.ended.some(isCarriedOut);
}

/** What may have been done counts as done, as it does for the confirmation that it used up. */
export function isCarriedOut({ action, state }: EndedIntent): boolean {
  const isRemoval = action.kind === "setPolicy" && action.removal;
  return isRemoval && (state === "done" || state === "unknown");
}
