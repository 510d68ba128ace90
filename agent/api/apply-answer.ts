import type { Refusal } from "../guardrail/guardrail.ts";
import type { Outcome, PassReport } from "../reconcile/outcome.ts";
import type {
  AcceptedAnswerBody,
  ApplyAnswerBody,
  PassMembers,
  PassProblemBody,
} from "./contract.ts";
import { type HttpAnswer, PROBLEM_TYPE, jsonAnswer } from "./http-answer.ts";
import { type Problem, problemBody } from "./problem.ts";

/** The code of a plan that guardrails refused, as the RoomServer contract documents it. */
const GUARDRAILS_EXCEEDED = "GUARDRAILS_EXCEEDED";

/** A pass as `/apply` answers it. `specWarnings` are those of the posted spec. */
export function answerReport(report: PassReport, specWarnings: readonly string[]): HttpAnswer {
  const { outcome } = report;
  const warnings = [...specWarnings, ...report.warnings];
  switch (outcome.kind) {
    case "converged":
    case "planned":
    case "partial":
    case "stalled":
      return jsonAnswer(200, applyBody(report, warnings));
    case "waiting":
      return jsonAnswer(202, applyBody(report, warnings), retryAfter(outcome.afterMs));
    case "superseded":
      return jsonAnswer(202, applyBody(report, warnings));
    case "refused":
      return passProblem(report, {
        status: 412,
        code: GUARDRAILS_EXCEEDED,
        detail: refusedDetail(outcome.refusals),
        correlationId: report.correlationId,
        errors: outcome.refusals,
        warnings: warnings.map((message) => ({ message })),
      });
    case "rolledBack":
      return passProblem(report, {
        status: 502,
        code: outcome.reason,
        detail: outcome.message,
        correlationId: report.correlationId,
        errors: outcome.notUndone.map(({ action, item, reason, message }) => ({
          name: item,
          message: `${action} was not undone (${reason}): ${message}`,
        })),
        warnings: warnings.map((message) => ({ message })),
      });
    case "failed": {
      const problem: Problem = {
        status: outcome.status === 400 || outcome.status === 422 ? 400 : 502,
        code: outcome.reason,
        detail: outcome.message,
        correlationId: report.correlationId,
        warnings: warnings.map((message) => ({ message })),
      };
      return passProblem(report, problem, retryAfter(outcome.retryAfterMs));
    }
  }
}

/** The pass goes on, or has yet to begin, and the caller is let go. */
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

function applyBody(report: PassReport, warnings: readonly string[]): ApplyAnswerBody {
  const { success, partialSuccess, ...pass } = passMembers(report);
  return { success, partialSuccess, correlationId: report.correlationId, ...pass, warnings };
}

function passProblem(
  report: PassReport,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const body: PassProblemBody = { ...problemBody(problem), ...passMembers(report) };
  return {
    status: problem.status,
    contentType: PROBLEM_TYPE,
    body: JSON.stringify(body),
    headers,
  };
}

function passMembers(report: PassReport): PassMembers {
  const { outcome } = report;
  const partial = outcome.kind === "partial" || outcome.kind === "stalled";
  return {
    success: partial || outcome.kind === "converged" || outcome.kind === "planned",
    partialSuccess: partial,
    roomId: report.roomId,
    phase: report.phase,
    outcome: outcome.kind,
    ...explain(outcome),
    diff: report.diff,
    planDigest: report.planDigest,
    refusals: report.refusals,
    duration: Math.max(0, report.durationMs) / 1000,
  };
}

function explain(outcome: Outcome): Pick<PassMembers, "reason" | "message"> {
  switch (outcome.kind) {
    case "partial":
    case "stalled":
    case "waiting":
    case "rolledBack":
    case "failed":
      return { reason: outcome.reason, message: outcome.message };
    case "refused":
      return {
        reason: outcome.refusals[0]?.reason ?? null,
        message: refusedDetail(outcome.refusals),
      };
    case "superseded":
      return {
        reason: "Superseded",
        message: "a newer revision of this room arrived: its own pass follows at once",
      };
    case "converged":
    case "planned":
      return { reason: null, message: null };
  }
}

function refusedDetail(refusals: readonly Refusal[]): string {
  const confirmable = refusals.filter((refusal) => refusal.confirmable).length;
  const opening = "the plan was refused and nothing was changed";
  if (refusals.length > 0 && confirmable === refusals.length) {
    return `${opening}: to allow exactly what is listed, send the same request with X-Confirm: true`;
  }
  if (confirmable > 0) {
    return `${opening}: X-Confirm: true allows ${confirmable} of ${refusals.length} refusals, the others say what they need`;
  }
  return `${opening}: no confirmation lifts this, each refusal says what it needs`;
}

/** Whole seconds, rounded up; nothing where no time is known. */
function retryAfter(delayMs: number | null): Readonly<Record<string, string>> {
  return delayMs === null ? {} : { "Retry-After": String(Math.ceil(Math.max(0, delayMs) / 1000)) };
}
