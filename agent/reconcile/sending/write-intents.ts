import { toIso } from "../../kernel/clock.ts";
import type { Action } from "../../plan/plan.ts";
import type { IntentPhase, IntentRow } from "../../room/rows.ts";
import type { StoreChange } from "../../store/store.ts";
import { type ActionResult, performAction } from "./perform-action.ts";
import { actionMetadata, auditName, auditRecord, blameMetadata } from "../audit.ts";
import type { ReconcileDeps, Attempt } from "../pass.ts";
import { toCall } from "../read-room.ts";

/** Whose actions they are. */
export type Acting = Pick<Attempt, "row" | "inputs" | "cause" | "signals">;

export function toIntent(
  { row, cause, inputs }: Acting,
  { action, phase }: { readonly action: Action; readonly phase: IntentPhase },
  deps: Pick<ReconcileDeps, "newId" | "clock">,
): IntentRow {
  return {
    id: deps.newId(),
    roomId: row.roomId,
    correlationId: cause.correlationId,
    revision: inputs.revision,
    specVersion: inputs.specVersion,
    phase,
    action,
    state: "open",
    createdAt: toIso(deps.clock.nowMs()),
  };
}

/** Intents and their audit records: to be durable before the first call (L3). `undoes`: the pass that they undo. */
export function intentChanges(
  acting: Acting & { readonly undoes?: string },
  intents: readonly IntentRow[],
  deps: Pick<ReconcileDeps, "trail">,
): StoreChange[] {
  return intents.flatMap((intent): StoreChange[] => [
    { kind: "intent", row: intent },
    auditRecord(acting, deps, {
      action: `${auditName(intent.action)}.intended`,
      metadata: {
        ...actionMetadata(intent.action),
        ...(intent.phase === "APPLY" ? blameMetadata(acting, intent.action) : {}),
        phase: intent.phase,
        requestId: intent.id,
        ...(acting.undoes === undefined ? {} : { undoes: acting.undoes }),
      },
    }),
  ]);
}

/** An intent with what its call needs. */
export interface ReadyIntent {
  readonly intent: IntentRow;
  readonly bytes: Uint8Array | null;
}

/** Reads what the call needs, before it is decided whether it may still go out. */
export async function makeReady(
  intent: IntentRow,
  { store }: Pick<ReconcileDeps, "store">,
): Promise<ReadyIntent> {
  const { action } = intent;
  return { intent, bytes: action.kind === "seed" ? await store.readSeed(action.oid) : null };
}

/** Carries out what an intent says. */
export async function sendIntent(
  acting: Acting,
  { intent, bytes }: ReadyIntent,
  { server, onPassPoint }: Pick<ReconcileDeps, "server" | "onPassPoint">,
): Promise<ActionResult> {
  const { roomId, action } = intent;
  const call = toCall(acting, intent.id);
  const [result] = await Promise.all([
    performAction({ roomId, action, call, bytes }, server),
    onPassPoint?.({ point: "sent", roomId, intent }),
  ]);
  await onPassPoint?.({ point: "answered", roomId, intent });
  return result;
}
