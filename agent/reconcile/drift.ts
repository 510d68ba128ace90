import type { JsonValue } from "../kernel/json.ts";
import { shownItems } from "../plan/shown-items.ts";
import type { Action } from "../plan/plan.ts";
import { isListed } from "../plan/diff-lists.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import { driftedActions, isDrift } from "../room/drift-rule.ts";
import type { Drift, EndedAttempt } from "./ended-pass.ts";
import type { PassCause, ReconcileDeps } from "./pass.ts";
import { settlerOf } from "./sending/settle-action.ts";

/**
 * What a pass found drifted; null where there is nothing, or nothing new and it was not corrected. `row`: before it. An answer that
 * the read-back denies has corrected nothing.
 */
export function driftOf(row: Room, attempts: readonly EndedAttempt[]): Drift | null {
  for (const attempt of attempts) {
    const { inputs, ending } = attempt;
    const { plan, reports } = ending;
    if (!isDrift({ row, inputs }) || plan === null) continue;
    const actions = driftedActions(row, plan);
    if (actions.length === 0) continue;
    const wasTried = reports.some(({ result }) => result.kind !== "notSent");
    if (!wasTried && isKnown(row)) continue;
    const corrected = wasTried && isCorrected(actions, ending);
    if (!corrected && actions.every((action) => isShown(row, inputs, action))) continue;
    return { ...shownItems({ ...plan, actions }), enforcedRevision: inputs.revision, corrected };
  }
  return null;
}

/** What was not sent, because it was refused before, is denied by the read as well. */
function isCorrected(
  actions: readonly Action[],
  { reports, verified }: EndedAttempt["ending"],
): boolean {
  const isAnswered = reports.every(({ result: { kind } }) => kind === "done" || kind === "already");
  if (!isAnswered) return false;
  if (verified === null) return true;
  const settle = settlerOf(verified.observedAfter);
  return actions.every((action) => settle(action) !== "notDone");
}

function isKnown({ conditions }: Pick<Room, "conditions">): boolean {
  return conditions.some(({ type }) => type === "Drifted");
}

/**
 * Whether the pass before found the same drift, and left it or could not correct it. Where the room shows the plan of other inputs,
 * those of a newest spec that waits, which drift that was is not remembered: what there is then counts as the same.
 */
export function isShown(
  row: Pick<Room, "conditions" | "pendingDiff" | "pendingPlan">,
  inputs: Pick<RoomInputs, "digest">,
  action: Action,
): boolean {
  const { pendingDiff, pendingPlan } = row;
  if (pendingDiff === null || !isKnown(row)) return false;
  return pendingPlan?.inputs !== inputs.digest || isListed(action, pendingDiff);
}

/** The record of it. It blames no commit: whoever changed the room is not known here. */
export function driftRecord(
  { enforcedRevision, corrected, items, moreItems }: Drift,
  pass: { readonly row: Room; readonly cause: PassCause; readonly specVersion: number | null },
  deps: Pick<ReconcileDeps, "trail">,
): StoreChange {
  const { row, cause, specVersion } = pass;
  const metadata: Record<string, JsonValue> = {
    revision: null,
    cause: "drift",
    enforcedRevision,
    corrected,
    trigger: cause.trigger,
    items: items.map((item) => ({ ...item })),
    moreItems,
  };
  const subject = { row, cause, inputs: { specVersion, revision: enforcedRevision } };
  return auditRecord(subject, deps, { action: "room.drifted", metadata });
}

/** The fields of its log line. */
export function driftFields({ enforcedRevision, items, moreItems }: Drift) {
  return {
    enforced: enforcedRevision,
    items: items.map(({ action, item }) => `${action} ${item}`),
    ...(moreItems > 0 ? { moreItems } : {}),
  };
}
