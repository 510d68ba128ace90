import type { Config } from "../config/config.ts";
import { roomRule } from "../config/room-rule.ts";
import { SyncWindows } from "../room/sync-windows.ts";
import type { ReconcileOptions } from "./pass.ts";

/** The part of the configuration that passes go by. */
export function reconcileOptions(config: Config): ReconcileOptions {
  const { operator } = config;
  const { guardrails, convergenceTracking, stateConsistency } = operator.reconciliation;
  const drift = new Map(config.git.sources.map((source) => [source.name, source.drift]));
  const { requireConfirmHeader, ...limits } = guardrails;
  return {
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
    isRoomAllowed: roomRule(config),
    driftOf: (source) => drift.get(source) ?? null,
    windows: new SyncWindows(operator),
  };
}
