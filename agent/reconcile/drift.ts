import type { JsonValue } from "../kernel/json.ts";
import { shownItems } from "../plan/shown-items.ts";
import type { Room } from "../room/room.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import { driftedActions, isDrift } from "../room/drift-rule.ts";
import type { Drift, EndedAttempt } from "./ended-pass.ts";
import type { PassCause, ReconcileDeps } from "./pass.ts";

/** What a pass found drifted; null where there is nothing, or nothing new and no correction was tried. `row`: before it. */
export function driftOf(row: Room, attempts: readonly EndedAttempt[]): Drift | null {
  for (const { inputs, ending } of attempts) {
    const { plan, reports, verified } = ending;
    const isLeft = (verified?.notRepeated.length ?? 0) > 0;
    if (!isDrift({ row, inputs }) || plan === null) continue;
    const actions = driftedActions(row, plan);
    if (actions.length === 0) continue;
    const wasTried = reports.some(({ result }) => result.kind !== "notSent");
    if (!wasTried && isKnown(row)) continue;
    const corrected =
      wasTried &&
      !isLeft &&
      reports.every(({ result: { kind } }) => kind === "done" || kind === "already");
    return { ...shownItems({ ...plan, actions }), enforcedRevision: inputs.revision, corrected };
  }
  return null;
}

function isKnown({ conditions }: Room): boolean {
  return conditions.some(({ type }) => type === "Drifted");
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
