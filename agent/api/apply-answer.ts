import type { Refusal } from "../guardrail/guardrail.ts";
import { ALL_ENTRIES, FIRST_ENTRIES, ListPager, type Page } from "../plan/cut-lists.ts";
import { cutName, SHOWN_ENTRIES } from "../plan/cut-names.ts";
import { endOf, reasonOf, waitOf } from "../room/ends.ts";
import type { Outcome, PassReport } from "../room/outcome.ts";
import type { ApplyAnswer, NotPolled, Replacement } from "../request/requests.ts";
import type {
  AcceptedAnswerBody,
  ApplyAnswerBody,
  PassMembers,
  PassProblemBody,
} from "./contract.ts";
import { cutDiff, cutRefusals } from "./cut-diff.ts";
import { type HttpAnswer, PROBLEM_TYPE, jsonAnswer } from "./http-answer.ts";
import { type Problem, problemBody } from "./problem.ts";

/** The code of a plan that guardrails refused, as the RoomServer contract documents it. */
const GUARDRAILS_EXCEEDED = "GUARDRAILS_EXCEEDED";

type Reported = Extract<ApplyAnswer, { readonly kind: "report" }>;

/** A pass as `/apply` answers it. `specWarnings` are those of the posted spec. */
export function answerReport(answer: Reported, specWarnings: readonly string[]): HttpAnswer {
  const { outcome } = answer.report;
  const warnings = [
    ...specWarnings,
    ...answer.report.warnings,
    ...answer.notPolled.map(notPolledText),
  ];
  // Whatever became of them: the room is to be something else by now.
  if (answer.replacedBy !== null) return jsonAnswer(202, applyBody(answer, warnings));
  return answerOutcome(answer, outcome, warnings);
}

function answerOutcome(
  answer: Reported,
  outcome: Outcome,
  warnings: readonly string[],
): HttpAnswer {
  const { http } = endOf(outcome);
  const headers = retryAfter(waitOf(outcome));
  if (http === 200 || http === 202) return jsonAnswer(http, applyBody(answer, warnings), headers);
  const problem: Problem = {
    ...problemOf(outcome, answer.report),
    correlationId: answer.report.correlationId,
    warnings: warnings.map((message) => ({ message })),
  };
  return passProblem(answer, problem, headers);
}

/** What of a problem depends on how the pass ended. */
function problemOf(
  outcome: Outcome,
  report: PassReport,
): Pick<Problem, "status" | "code" | "detail" | "errors"> {
  if (outcome.kind === "refused")
    return {
      status: 412,
      code: GUARDRAILS_EXCEEDED,
      detail: refusedDetail(outcome.refusals, report),
      errors: cutRefusals(outcome.refusals, new ListPager(FIRST_ENTRIES)),
    };
  const { reason, message } = reasonOf(outcome) ?? { reason: outcome.kind, message: "" };
  const isContent = outcome.kind === "failed" && (outcome.status === 400 || outcome.status === 422);
  return {
    status: isContent ? 400 : 502,
    code: reason,
    detail: message,
    ...(outcome.kind === "rolledBack" ? { errors: notUndoneErrors(outcome.notUndone) } : {}),
  };
}

function notUndoneErrors(
  all: Extract<Outcome, { readonly kind: "rolledBack" }>["notUndone"],
): NonNullable<Problem["errors"]> {
  const shown = all.slice(0, SHOWN_ENTRIES).map(({ action, item, reason, message }) => ({
    name: cutName(item),
    message: `${action} was not undone (${reason}): ${message}`,
  }));
  if (shown.length === all.length) return shown;
  return [...shown, { message: `… (${all.length} in all): GET /status/rooms/{roomId} shows them` }];
}

/** 202: the pass is queued or still running. */
export function answerAccepted(
  accepted: { readonly roomId: string; readonly correlationId: string; readonly reason: string },
  specWarnings: readonly string[],
): HttpAnswer {
  const status = `/status/rooms/${encodeURIComponent(accepted.roomId)}`;
  const body: AcceptedAnswerBody = {
    success: false,
    partialSuccess: false,
    correlationId: accepted.correlationId,
    roomId: accepted.roomId,
    outcome: "accepted",
    reason: accepted.reason,
    warnings: specWarnings,
    see: { status, audit: `/audit?correlationId=${encodeURIComponent(accepted.correlationId)}` },
  };
  return jsonAnswer(202, body, { Location: status });
}

function applyBody(answer: Reported, warnings: readonly string[]): ApplyAnswerBody {
  const { success, partialSuccess, ...pass } = passMembers(answer);
  const { correlationId } = answer.report;
  return { success, partialSuccess, correlationId, ...pass, warnings };
}

function passProblem(
  answer: Reported,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const body: PassProblemBody = { ...problemBody(problem), ...passMembers(answer) };
  return {
    status: problem.status,
    contentType: PROBLEM_TYPE,
    body: JSON.stringify(body),
    headers,
  };
}

/** The room shows the plan that waits, page by page. A dry run, and what was carried out, is shown here or nowhere. */
function pageOf({ kind }: Outcome): Page {
  return kind === "planned" || kind === "converged" ? ALL_ENTRIES : FIRST_ENTRIES;
}

function passMembers({ report, replacedBy, notPolled }: Reported): PassMembers {
  const outcome = replacedBy === null ? report.outcome : ({ kind: "superseded" } as const);
  const { success, word } = endOf(outcome);
  const isPartial = success === "part";
  const isDone = success === "whole";
  const pager = new ListPager(pageOf(outcome));
  const diff = cutDiff(report.diff, "diff", pager);
  const refusals = cutRefusals(report.refusals, pager);
  return {
    success: isPartial || isDone,
    // What a source holds that could not be polled is left to do.
    partialSuccess: isPartial || (isDone && notPolled.length > 0),
    roomId: report.roomId,
    phase: report.phase,
    outcome: word,
    ...(isDone && notPolled[0] !== undefined
      ? { reason: "SourceNotPolled", message: notPolledText(notPolled[0]) }
      : explain(outcome, report, replacedBy)),
    supersededBy: replacedBy,
    diff,
    planDigest: report.planDigest,
    refusals,
    ...pager.cutLists,
    duration: Math.max(0, report.durationMs) / 1000,
  };
}

/** Why the answer may be about an older revision than the source has, and until when. */
function notPolledText({ source, reason, message, nextPoll, revision }: NotPolled): string {
  const at =
    revision === null ? "no revision of the room is known" : `the room is kept at ${revision}`;
  const next = nextPoll === null ? "" : `; next poll at ${nextPoll}`;
  return `SourceNotPolled: source ${source} could not be read or accepted (${reason}: ${message}); ${at}, which may not be the newest${next}`;
}

function explain(
  outcome: Outcome,
  report: PassReport,
  replacedBy: Replacement | null,
): Pick<PassMembers, "reason" | "message"> {
  if (outcome.kind === "refused")
    return {
      reason: outcome.refusals[0]?.reason ?? null,
      message: refusedDetail(outcome.refusals, report),
    };
  if (outcome.kind === "superseded")
    return {
      reason: "Superseded",
      message: `${replacementText(replacedBy)}: its own pass follows at once`,
    };
  if (outcome.kind === "planned" && report.dryRun !== undefined)
    return { reason: report.dryRun.reason, message: heldText(report.dryRun.message, report) };
  return reasonOf(outcome) ?? { reason: null, message: null };
}

/** How a plan is carried out that a commit or a label holds as a dry run. */
function heldText(message: string, { planDigest, roomId }: PassReport): string {
  const trailer = `Confirm: ${roomId}`;
  const commit = message.includes(trailer)
    ? ""
    : `, or write the trailer \`${trailer}\` in a new commit`;
  const header = `X-Confirm: ${planDigest ?? "true"}`;
  return `${message}. To carry it out, send the same request with ${header}${commit}`;
}

function replacementText(by: Replacement | null): string {
  if (by === null) return "a newer revision of this room arrived";
  const request = by.correlationId === null ? "" : ` by request ${by.correlationId}`;
  if (by.revision === null) return `the room was released${request} and has no owner any more`;
  return `${by.revision} took the place of these inputs${request}`;
}

function refusedDetail(refusals: readonly Refusal[], { planDigest, roomId }: PassReport): string {
  const confirmable = refusals.filter((refusal) => refusal.confirmable).length;
  const opening = "the plan was refused and nothing was changed";
  const header = `X-Confirm: ${planDigest ?? "true"}`;
  const isCut = refusals.some(({ items }) => items.length > SHOWN_ENTRIES);
  const rest = isCut
    ? `; the lists here are cut (cutLists), and GET /status/rooms/${encodeURIComponent(roomId)}?offset=0 shows them by page`
    : "";
  const also =
    planDigest === null
      ? ""
      : ", or with X-Confirm: true, which allows what is published as refused by then";
  if (refusals.length > 0 && refusals.every(isEmptyOutdated)) {
    return `${opening}: the confirmed plan is outdated and the current one removes nothing; send the same request without X-Confirm, or with ${header}`;
  }
  if (refusals.length > 0 && confirmable === refusals.length) {
    return `${opening}: to allow exactly what is listed, send the same request with ${header}${also}${rest}`;
  }
  if (confirmable > 0) {
    return `${opening}: ${header} allows ${confirmable} of ${refusals.length} refusals, the others say what they need${rest}`;
  }
  const next = refusals.find(({ nextAllowedAt }) => nextAllowedAt !== undefined)?.nextAllowedAt;
  const window = next === undefined ? "" : `; the sync windows allow it at ${next}`;
  return `${opening}: no confirmation lifts this, each refusal says what it needs${window}${rest}`;
}

/** The confirmation names another plan, and the room's plan removes nothing that could be listed. */
function isEmptyOutdated({ reason, items }: Refusal): boolean {
  return reason === "ConfirmationOutdated" && items.length === 0;
}

/** Whole seconds, rounded up; nothing where no time is known. */
function retryAfter(delayMs: number | null): Readonly<Record<string, string>> {
  return delayMs === null ? {} : { "Retry-After": String(Math.ceil(Math.max(0, delayMs) / 1000)) };
}
