import { useItems } from "../../room/confirmations.ts";
import type { Item } from "../../plan/item.ts";
import type { Action } from "../../plan/plan.ts";
import { isRemoval } from "../../plan/removals.ts";
import type { ConfirmationRow, IntentPhase, IntentState } from "../../room/rows.ts";
import type { StoreChange } from "../../store/store.ts";
import type { JsonValue } from "../../kernel/json.ts";
import {
  actionMetadata,
  changeMetadata,
  auditName,
  auditRecord,
  blameMetadata,
  intendedRecord,
  type AuditSubject,
} from "../audit.ts";
import type { ReconcileDeps } from "../pass.ts";
import { onRecord, type FailedBefore, type OnRecord } from "./equal-failures.ts";
import type { ActionReport } from "./perform-action.ts";
import { isAsBefore } from "./is-as-before.ts";
import { isJoinedBack } from "./refused-updates.ts";
import { settlerOf, type Settlement } from "./settle-action.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Reason } from "../../status/reasons.ts";

/** How one intent ended, and what the audit says about it. */
export interface EndedIntent {
  readonly id: string;
  readonly action: Action;
  readonly phase: IntentPhase;
  readonly state: Exclude<IntentState, "open">;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  /** What it was sent for, where that is not what the pass is about. */
  readonly inputs?: AuditSubject["inputs"];
  /** True: the entity was refused and is in the room with older attributes. */
  readonly joinedBack?: true;
  /** True: it was not sent, refused or answered 404 or 409, and the read that followed does not show it. */
  readonly hadNoEffect?: true;
  /** True: the RoomServer answered that it removed the item, and no read has shown yet that it is gone. */
  readonly isUnseen?: true;
  /** True: of those, a read that lacks half or more does not show it, which decides nothing by itself. */
  readonly isMissed?: true;
  /** ISO time at which it was intended, where the audit has no record of that yet. */
  readonly intendedAt?: string;
}

export interface EndingIntents {
  readonly ended: readonly EndedIntent[];
  readonly confirmations: readonly ConfirmationRow[];
  readonly inventory: readonly Item[];
  /** Removals that took no write and count as done (a policy that had its default already). */
  readonly settledItems?: readonly Item[];
  /** Absent: every end is recorded. */
  readonly failedBefore?: FailedBefore;
}

/**
 * Closes intents: their states, one audit record each but for those that end as the attempt before did, what was used up of the confirmations, and the inventory as it is
 * afterwards. A removal counts as used as soon as the server did it or may have done it (L4); undoing what the pass itself
 * added uses up no confirmation.
 */
export function endIntents(
  closing: EndingIntents,
  subject: AuditSubject,
  deps: Pick<ReconcileDeps, "trail">,
): { changes: readonly StoreChange[]; inventory: readonly Item[] } {
  const recordOf = onRecord(closing.ended, closing.failedBefore ?? null);
  const changes = closing.ended.flatMap((intent): StoreChange[] => [
    { kind: "intentEnded", id: intent.id, state: intent.state },
    ...recordsOf(intent, recordOf(intent), { subject, deps }),
  ]);
  const removed = closing.ended
    .filter(({ action, phase }) => phase === "APPLY" && isRemoval(action))
    .filter(({ state }) => state === "done" || state === "unknown")
    .map(({ action }) => action.item);
  const used = useItems(closing.confirmations, [...removed, ...(closing.settledItems ?? [])]);
  return {
    changes: [...changes, ...used],
    inventory: inventoryAfter(closing.inventory, closing.ended),
  };
}

function recordsOf(
  intent: EndedIntent,
  { isRepeat, repeats }: OnRecord,
  about: { readonly subject: AuditSubject; readonly deps: Pick<ReconcileDeps, "trail"> },
): readonly StoreChange[] {
  if (isRepeat) return [];
  const { deps } = about;
  const subject = { ...about.subject, inputs: intent.inputs ?? about.subject.inputs };
  const ended = auditRecord(subject, deps, {
    action: auditName(intent.action),
    metadata: {
      ...actionMetadata(intent.action),
      ...changeMetadata(intent.action),
      ...(intent.phase === "APPLY" ? blameMetadata(subject, intent.action) : {}),
      phase: intent.phase,
      outcome: intent.state,
      requestId: intent.id,
      ...intent.metadata,
      ...(repeats === 0 ? {} : { repeats }),
    },
  });
  const { intendedAt: timestamp } = intent;
  if (timestamp === undefined) return [ended];
  const { attemptedBy } = intent.metadata;
  const cause =
    typeof attemptedBy === "string"
      ? { ...subject.cause, correlationId: attemptedBy }
      : subject.cause;
  return [intendedRecord({ ...subject, cause }, intent, { ...deps, timestamp }), ended];
}

function inventoryAfter(before: readonly Item[], ended: readonly EndedIntent[]): readonly Item[] {
  const items = new Set(before);
  for (const { action, state, joinedBack = false, isUnseen = false } of ended) {
    if ((state !== "done" && !joinedBack) || isUnseen) continue;
    if (takesOut(action)) items.delete(action.item);
    else items.add(action.item);
  }
  return items.size === before.length && before.every((item) => items.has(item))
    ? before
    : [...items].sort();
}

/** Whether an action takes its item out of the room and puts nothing in its place. */
export function takesOut({ kind }: Action): boolean {
  return kind === "kick" || kind === "delete";
}

/**
 * How the intents of a phase ended. What the server's answers left open is settled by the read that followed; without that
 * read it stays open (and is left out here), and the next pass settles it first.
 */
export function endedIntents(reported: Reported): readonly EndedIntent[] {
  const { reports, observed, phase, lacksHalf = false, mayLag = false } = reported;
  const shows = observed === null ? null : settlerOf(observed);
  const settle: Settle = shows && ((action) => settledAs(action, shows(action), lacksHalf));
  return reports.flatMap((report) => {
    const { id, action, intendedAt, result } = report;
    const isOpen = mayLag && result.kind === "unclear" && takesOut(action);
    const end = isOpen && shows?.(action) === "notDone" ? null : endOf(report, settle);
    if (end === null) return [];
    const waiting = intendedAt === undefined ? {} : { intendedAt };
    const isGone = shows?.(action) === "done";
    const isSeen = result.kind !== "done" || (isGone && !lacksHalf);
    const missed = isGone ? ({ isMissed: true } as const) : {};
    const unseen = !isSeen && takesOut(action) ? ({ isUnseen: true, ...missed } as const) : {};
    const idle = hadNoEffect(report, observed) ? ({ hadNoEffect: true } as const) : {};
    return [{ id, action, phase, ...end, ...idle, ...unseen, ...waiting }];
  });
}

export interface Reported {
  readonly reports: readonly ActionReport[];
  /** The read that came after them; null when there was none. */
  readonly observed: RoomState | null;
  readonly phase: IntentPhase;
  /** See `Trust`: absence alone does not show that something was removed. */
  readonly lacksHalf?: boolean;
  /** Whether that read may lag behind what was sent: a removal that was not answered stays open while it shows the item. */
  readonly mayLag?: boolean;
}

/** What a read settles of a removal that was not answered. One that lacks half or more does not show that it was done. */
export function settledAs(action: Action, shown: Settlement, lacksHalf: boolean): Settlement {
  return lacksHalf && shown === "done" && takesOut(action) ? "unknown" : shown;
}

type End = Pick<EndedIntent, "state" | "metadata" | "joinedBack">;

/** By the read that followed; null: there was none. */
type Settle = ((action: Action) => Settlement) | null;

/** What the RoomServer says that it did is done, whatever the read shows: that is said as well. */
function endOf({ action, result }: ActionReport, settle: Settle): End | null {
  switch (result.kind) {
    case "done":
      return { state: "done", metadata: settle?.(action) === "notDone" ? { seen: false } : {} };
    case "failed": {
      const { reason, status, message, joinedBack } = result;
      const failed = {
        state: "failed",
        metadata: { reason, status, message },
        ...(joinedBack === undefined ? {} : { joinedBack }),
      } as const;
      // Whoever answered so may stand before the server or after its work, and a first try may have been done without an answer.
      const settled = settledBy(settle, action, { message });
      if (reason === "WrongProtocol") return settled?.state === "notDone" ? failed : settled;
      return settled?.state === "done" ? settled : failed;
    }
    case "notDone":
      return because("notDone", "RoomServerUnavailable", result.message);
    case "unauthorized":
      return because("notDone", "Unauthorized", result.message);
    case "notSent":
      return because("abandoned", result.reason, result.message);
    case "already":
      return settledBy(settle, action, { status: result.status });
    case "unclear":
      return settledBy(settle, action, { message: result.message });
  }
}

/** Whether it is certain that an attempt changed nothing: it was not sent, refused or answered 404 or 409, and the item is as it was before. */
function hadNoEffect({ action, result }: ActionReport, observed: RoomState | null): boolean {
  if (result.kind === "notSent") return true;
  const wasRefused =
    (result.kind === "failed" && result.reason !== "WrongProtocol" && !isJoinedBack({ result })) ||
    (result.kind === "already" && (isRemoval(action) || action.kind === "join")) ||
    result.kind === "notDone" ||
    result.kind === "unauthorized";
  const isWhole = !("touched" in result && result.touched);
  return wasRefused && isWhole && observed !== null && isAsBefore(action, observed);
}

function because(state: End["state"], reason: Reason, message: string): End {
  return { state, metadata: { reason, message } };
}

function settledBy(settle: Settle, action: Action, metadata: EndedIntent["metadata"]): End | null {
  if (settle === null) return null;
  return {
    state: settle(action),
    metadata: { settledByRead: true, ...metadata },
  };
}
