import { isStillNewest } from "../../room/prune.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Change, ChangeKept, UndoStep } from "../../room/quarantine.ts";
import type { IntentRow } from "../../room/rows.ts";
import type { ActionReport, ActionResult } from "../sending/perform-action.ts";
import { type EndedIntent, endedIntents } from "../sending/end-intents.ts";
import type { ReconcileDeps } from "../pass.ts";
import { settleAction } from "../sending/settle-action.ts";
import { CHANGED_SINCE, isAbsent, OUTCOME_UNKNOWN, toChange } from "./rollback-law.ts";
import { type Acting, notSent, Sender, toIntent } from "../sending/sender.ts";

/** A step with an intent for each of its actions. */
export interface IntendedStep {
  readonly step: UndoStep;
  readonly intents: readonly IntentRow[];
}

export function intendSteps(
  steps: readonly UndoStep[],
  acting: Acting,
  deps: Pick<ReconcileDeps, "newId" | "clock">,
): readonly IntendedStep[] {
  return steps.map((step) => ({
    step,
    intents: step.actions.map((action) => toIntent(acting, { action, phase: "ROLLBACK" }, deps)),
  }));
}

/** Sends the steps of an undo. A step that was refused does not stop the others. */
export async function sendSteps(
  steps: readonly IntendedStep[],
  acting: Acting,
  deps: ReconcileDeps,
): Promise<Pick<Sender, "reports" | "stoppedBy">> {
  let failed = false;
  const sender = new Sender(acting, deps, {
    isSuperseded: () => isSuperseded(acting, deps),
    obstacle: () => (failed ? DEPENDENCY_FAILED : undefined),
  });
  for (const { intents } of steps) {
    failed = false;
    for (const intent of intents) {
      const { kind } = await sender.send(intent);
      failed = kind !== "done" && kind !== "already";
    }
  }
  return sender;
}

/**
 * Whether the room's newest spec is another one by now, or the room has no owner any more: an undo could put back what that one removed. The row is
 * asked as well, because a snapshot is written down a moment before it asks for its pass.
 */
export async function isSuperseded(
  { row, inputs, signals }: Acting,
  { store }: Pick<ReconcileDeps, "store">,
): Promise<boolean> {
  if (signals.superseded()) return true;
  return !isStillNewest(await store.readRoom(row.roomId), inputs);
}

const DEPENDENCY_FAILED = notSent("DependencyFailed", "what had to be done first failed");

/** How an undo went, step by step. */
export interface UndoEnd {
  readonly undone: readonly Change[];
  readonly kept: readonly ChangeKept[];
  /** Steps that may still succeed, each from the action it stopped at. */
  readonly pending: readonly UndoStep[];
}

/** `observed` is the read after the undo; null: there was none, and what the answers left open stays pending. */
export function endUndo(
  steps: readonly IntendedStep[],
  reports: readonly ActionReport[],
  observed: RoomState | null,
): UndoEnd {
  const ended = endedIntents({ reports, observed, phase: "ROLLBACK" });
  const ends = new Map(ended.map((end) => [end.id, end]));
  const results = new Map(reports.map(({ id, result }) => [id, result]));
  const undone: Change[] = [];
  const kept: ChangeKept[] = [];
  const pending: UndoStep[] = [];
  for (const { step, intents } of steps) {
    const at = intents.findIndex(({ id }) => ends.get(id)?.state !== "done");
    const change = toChange(step.of);
    const intent = intents[at];
    if (intent === undefined) {
      if (
        observed !== null &&
        step.actions.some((one) => settleAction(one, observed) === "notDone")
      )
        kept.push({ ...change, ...NOT_SHOWN });
      else undone.push(change);
      continue;
    }
    const why = whyKept(ends.get(intent.id), results.get(intent.id));
    if (why === null) pending.push({ ...step, actions: step.actions.slice(at) });
    else kept.push({ ...change, ...why, ...outOfRoom(step, observed) });
  }
  return { undone, kept, pending };
}

/** Null while it may still be done. */
function whyKept(
  end: EndedIntent | undefined,
  result: ActionResult | undefined,
): Pick<ChangeKept, "reason" | "message"> | null {
  if (end?.state === "unknown") return OUTCOME_UNKNOWN;
  // The room has another thing by this name, or none: taking that away or over would not be an undo.
  if (end !== undefined && result?.kind === "already") return CHANGED_SINCE;
  if (end?.state !== "failed" || result?.kind !== "failed") return null;
  return { reason: result.reason, message: result.message };
}

/** An update of which the kick is done and no join was accepted. */
function outOfRoom(
  { of }: UndoStep,
  observed: RoomState | null,
): Partial<Pick<ChangeKept, "reason">> {
  const isOut = of.kind === "replace" && observed !== null && isAbsent(of, observed);
  return isOut ? { reason: "OutOfRoom" } : {};
}

const NOT_SHOWN = {
  reason: "NotObservable",
  message: "the RoomServer answered that it undid this, and its state still shows the change",
} as const;
