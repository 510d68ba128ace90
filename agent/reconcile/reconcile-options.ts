import type { Config } from "../config/config.ts";
import { matchesAnyGlob } from "../config/glob.ts";
import type { ReconcileOptions } from "./pass.ts";

/** The part of the configuration that passes go by. */
export function reconcileOptions({ operator, git }: Config): ReconcileOptions {
  const { guardrails, convergenceTracking, stateConsistency } = operator.reconciliation;
  const { requireConfirmHeader, ...limits } = guardrails;
  const allowed = new Map(git.sources.map(({ name, allowedRooms }) => [name, allowedRooms]));
  return {
    operatorVersion: operator.version,
    limits: { ...limits, requireConfirm: requireConfirmHeader },
    resources: operator.features.resources,
    versionPolicy: operator.versionPolicy,
    rollback: operator.rollback,
    confirmationExpiresMs: operator.confirmations.expireMs,
    convergence: {
      enabled: convergenceTracking.enabled,
      maxCycles: convergenceTracking.maxCyclesUntilConverged,
    },
    readBeforeApply: stateConsistency.readBeforeApply,
    staleToleranceMs: stateConsistency.staleToleranceMs,
    isRoomAllowed: (source, roomId) => matchesAnyGlob(roomId, allowed.get(source) ?? []),
  };
}
