import { joined, withoutStop } from "../kernel/joined.ts";
import { legible, listed } from "../kernel/shortened.ts";
import type { Action } from "../plan/plan.ts";
import { isRemoval } from "../plan/removals.ts";
import type { ActionReport } from "./sending/perform-action.ts";
import { deniedText, isMissing, isRefusedJoin } from "./denied-answers.ts";
import { deniedOutcome } from "../room/denied-outcome.ts";
import { reportedText } from "../room/drift-rule.ts";
import { heldOutcome } from "../room/held-outcome.ts";
import { howToRetry } from "../room/quarantine-text.ts";
import { endOf, reasonOf } from "../room/ends.ts";
import { isHolding, waitForSecondRead } from "../room/judge-read.ts";
import type { Outcome } from "../room/outcome.ts";
import type { Verified } from "./pass.ts";
import { isJoinedBack } from "./sending/refused-updates.ts";
import { settleAction } from "./sending/settle-action.ts";

/** How a pass that was read back has ended. An unverified read shows neither that a room has converged nor that it has not. Pure. */
export function verdict(verified: Verified): Outcome {
  const { trust, refusals } = verified;
  const outcome = shownOutcome(verified);
  const wasHeld = refusals.some(({ reason }) => reason === "SuspiciousRead");
  if (!isHolding(trust.suspicion) && !wasHeld) return outcome;
  const { word } = endOf(outcome);
  const isByAnswer =
    reasonOf(outcome)?.reason === "ActionsFailed" && troubleOf(answersOf(verified)).length > 0;
  const isByRead = word === "converged" || (word === "partial" && !isByAnswer);
  return isByRead ? waitForSecondRead(trust) : outcome;
}

/** By what the read shows, be it believed or not. */
function shownOutcome(verified: Verified): Outcome {
  const { reports, stoppedBy, remaining, cut } = verified;
  const refusedToken = reports.find(({ result }) => result.kind === "unauthorized");
  if (refusedToken?.result.kind === "unauthorized") {
    const { status, message } = refusedToken.result;
    return { kind: "failed", reason: "Unauthorized", message, status, retryAfterMs: null };
  }
  if (stoppedBy === "superseded") return { kind: "superseded" };
  if (remaining.actions.length > 0 && verified.closed !== null) {
    const { reason, message, confirmable } = verified.closed;
    return { kind: "observed", reason, message, isConfirmable: confirmable };
  }
  const message = reportedText(verified.drift, { ...verified.row, ...verified.inputs }, remaining);
  if (message !== null)
    return { kind: "observed", reason: "DriftReported", message, isConfirmable: false };
  if (remaining.actions.length === 0) {
    return (
      heldOutcome(verified.refusals) ??
      deniedOutcome(verified.notObservable) ?? { kind: "converged" }
    );
  }
  const answers = answersOf(verified);
  const trouble = troubleOf(answers);
  if (trouble.length === 0 && cut && isBatchGone(verified)) {
    return { kind: "batch", reason: "Batch", message: batchText(verified) };
  }
  if (trouble.length === 0) {
    const denied = deniedText(verified);
    const reason = denied === "" ? "NotConverged" : "ActionsFailed";
    const message = joined([remainingText(verified), denied]);
    return { kind: "partial", reason, message, ...refusedMark(verified) };
  }
  return someDone(answers) ? partial(trouble, verified) : failed(trouble, verified);
}

/** The answers to the plan in its order: those of this pass, and those of earlier ones to what was not sent again. */
function answersOf({ plan, reports, notRepeated }: Verified): readonly ActionReport[] {
  if (notRepeated.length === 0) return reports;
  const all = new Map([...reports, ...notRepeated].map((report) => [report.action, report]));
  return plan.actions.flatMap((action) => all.get(action) ?? []);
}

/** A batch that removed nothing must not be followed by the next one at once. */
function isBatchGone({ reports, observedAfter }: Verified): boolean {
  return reports
    .filter(({ action }) => isRemoval(action))
    .every(({ action }) => settleAction(action, observedAfter) === "done");
}

function batchText({ reports, remaining }: Verified): string {
  const done = reports.filter(({ action }) => isRemoval(action)).length;
  const left = remaining.actions.filter(isRemoval).length;
  return `Removing: ${done} of ${done + left} done, ${left} left`;
}

function troubleOf(reports: readonly ActionReport[]): readonly ActionReport[] {
  return reports.filter(({ result }) => result.kind === "failed" || isUnanswered(result.kind));
}

function isUnanswered(kind: ActionReport["result"]["kind"]): boolean {
  return kind === "unclear" || kind === "notDone";
}

function someDone(reports: readonly ActionReport[]): boolean {
  return reports.some(({ result }) => result.kind === "done" || result.kind === "already");
}

function partial(trouble: readonly ActionReport[], verified: Verified): Outcome {
  const message = troubleText(trouble, verified);
  return { kind: "partial", reason: "ActionsFailed", message, ...refusedMark(verified) };
}

/** The RoomServer says the same to the same call again: whatever the pass took out before that stays out. */
function refusedMark(verified: Verified): { readonly isRefused?: true } {
  const isRefused = answersOf(verified).some(
    (report) => report.result.kind === "failed" || isRefusedJoin(report, verified),
  );
  return isRefused ? { isRefused } : {};
}

function failed(trouble: readonly ActionReport[], verified: Verified): Outcome {
  const refused = trouble.find(({ result }) => result.kind === "failed")?.result;
  const message = troubleText(trouble, verified);
  if (refused?.kind === "failed") {
    return {
      kind: "failed",
      reason: refused.reason,
      message,
      status: refused.status,
      retryAfterMs: null,
    };
  }
  const waits = trouble.map(({ result }) =>
    "retryAfterMs" in result ? (result.retryAfterMs ?? 0) : 0,
  );
  const retryAfterMs = Math.max(0, ...waits);
  return {
    kind: "failed",
    reason: "RoomServerUnavailable",
    message,
    status: null,
    retryAfterMs: retryAfterMs === 0 ? null : retryAfterMs,
  };
}

const SHOWN_TROUBLE = 3;
/** Characters of each; what to do about it is at the end. */
const SHOWN_SAID = 600;

function troubleText(trouble: readonly ActionReport[], verified: Verified): string {
  const first = trouble.slice(0, SHOWN_TROUBLE).map(({ action, result }) => {
    const said = "message" in result ? result.message : result.kind;
    return `${action.kind} ${legible(action.item)}: ${isOut(action, verified) ? OUT_OF_ROOM : ""}${withoutStop(said)}`;
  });
  const shown = listed(first, { each: SHOWN_SAID, total: trouble.length, separator: "; " });
  const all = answersOf(verified).length;
  const retry = trouble.some(isJoinedBack)
    ? `${NOT_AGAIN}: ${howToRetry(verified.row.roomId)}`
    : "";
  const text = joined([
    `${trouble.length} of ${all} actions failed: ${shown}`,
    deniedText(verified),
  ]);
  return retry === "" ? text : `${withoutStop(text)}; ${retry}`;
}

const NOT_AGAIN =
  "an entity that has older attributes instead is updated again after an hour; at once";

const OUT_OF_ROOM = "it is out of the room until a join succeeds: ";

/** What a pass ended with, without what the rollback that follows may change and what is said of a quarantine as well. */
export function withoutOut(message: string): string {
  const [said = ""] = message.split(`; ${NOT_AGAIN}`);
  return said.replaceAll(OUT_OF_ROOM, "");
}

/** An entity that was in the room by the agent's own doing, and that the read after the pass does not show. */
function isOut(action: Action, { row, observedAfter }: Verified): boolean {
  const { inventory, takenOut = [] } = row;
  const wasIn = inventory.includes(action.item) || takenOut.includes(action.item);
  if (action.kind !== "replace" && (action.kind !== "join" || !wasIn)) return false;
  return isMissing(action.entity.id, observedAfter);
}

function remainingText(verified: Verified): string {
  const items = verified.remaining.actions.map(({ kind, item }) => `${kind} ${item}`);
  return `after APPLY the room still differs: ${listed(items, { max: 5 })}`;
}
