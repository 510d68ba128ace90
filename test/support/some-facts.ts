import type { Facts, GuardrailLimits } from "../../agent/guardrail/guardrail.ts";

/** The specification's defaults. */
export const DEFAULT_LIMITS: GuardrailLimits = {
  maxEntitiesKickPerCycle: 5,
  maxArtifactsDeletePerCycle: 10,
  changeThreshold: 0.5,
  requireConfirm: true,
  onLimit: "batch",
};

export interface FactsGiven extends Partial<Omit<Facts, "limits">> {
  readonly limits?: Partial<GuardrailLimits>;
}

/** A verified room of 1,000 entities under default limits, nothing confirmed: no rule has anything to say by itself. */
export function someFacts(given: FactsGiven = {}): Facts {
  return {
    observedEntities: 1000,
    observedArtifacts: 0,
    confirmed: new Set(),
    confirmedByName: given.confirmed ?? new Set(),
    rewritten: null,
    verifiedBefore: true,
    inDoubt: null,
    trigger: "git",
    ownership: null,
    roomAllowed: true,
    suspicion: null,
    version: null,
    outdated: null,
    gate: null,
    unknownIntent: null,
    unreviewed: null,
    reported: null,
    window: null,
    contested: null,
    prune: null,
    ...given,
    limits: { ...DEFAULT_LIMITS, ...given.limits },
  };
}
