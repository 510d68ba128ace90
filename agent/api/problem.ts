import { legibleJson } from "../kernel/quoted.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { ProblemBody, ProblemDetail } from "./contract.ts";
import { type HttpAnswer, PROBLEM_TYPE } from "./http-answer.ts";

/** The refusals a request can meet before it reaches the agent, and the agent's own errors that a caller may see. */
const STATUS_OF = {
  InvalidQuery: 400,
  InvalidHeader: 400,
  InvalidBody: 400,
  InvalidRequest: 400,
  SpecInvalid: 400,
  ForbiddenHost: 403,
  ForbiddenOrigin: 403,
  WebhookRefused: 403,
  NotFound: 404,
  UnknownRoom: 404,
  UnknownSource: 404,
  UnknownVersion: 404,
  MethodNotAllowed: 405,
  BodyTooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyRequests: 429,
  InternalError: 500,
  StoreDamaged: 503,
  StoreUnavailable: 503,
  WebhookUnavailable: 503,
} as const;

export type ProblemCode = keyof typeof STATUS_OF;

/** Every code the API itself answers with; others come from the pass or the command that was asked for. */
export const PROBLEM_CODES: readonly string[] = Object.keys(STATUS_OF);

/** What the store says for itself. */
const STORE_CODES: ReadonlySet<string> = new Set([
  "StoreConflict",
  "StoreDamaged",
  "StoreUnavailable",
]);

const TITLES: Readonly<Record<number, string>> = {
  400: "The request is not valid",
  403: "The request is forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict with the current state",
  412: "The guardrails refused the plan",
  413: "The body is too large",
  415: "Unsupported content type",
  429: "Too many requests",
  500: "Internal error",
  502: "The reconcile failed",
  503: "The agent cannot do this now",
};

/**
 * Ends a request with a problem from inside a route; the error handler answers it. `errors` lists every finding where there
 * are several.
 */
export class ProblemError extends OperatorError {
  readonly problem: ProblemCode;
  readonly errors: readonly ProblemDetail[];
  readonly warnings: readonly ProblemDetail[];

  constructor(
    problem: ProblemCode,
    detail: string,
    findings: { errors?: readonly ProblemDetail[]; warnings?: readonly ProblemDetail[] } = {},
  ) {
    super(problem, detail);
    this.problem = problem;
    this.errors = findings.errors ?? [];
    this.warnings = findings.warnings ?? [];
  }
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly correlationId: string;
  readonly errors?: readonly ProblemDetail[];
  readonly warnings?: readonly ProblemDetail[];
}

export function problemBody(problem: Problem): ProblemBody {
  return {
    type: `urn:room-operator:problem:${problem.code}`,
    title: TITLES[problem.status] ?? "The request failed",
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    correlationId: problem.correlationId,
    errors: [...(problem.errors ?? [])],
    warnings: [...(problem.warnings ?? [])],
  };
}

export function answerProblem(
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status: problem.status,
    contentType: PROBLEM_TYPE,
    body: legibleJson(JSON.stringify(problemBody(problem))),
    headers,
  };
}

/** The problem behind anything a route threw; undefined for what no caller may see the message of. */
export function toProblem(error: unknown, correlationId: string): Problem | undefined {
  if (error instanceof ProblemError) {
    return {
      status: STATUS_OF[error.problem],
      code: error.code,
      detail: error.message,
      correlationId,
      errors: error.errors,
      warnings: error.warnings,
    };
  }
  if (error instanceof OperatorError && STORE_CODES.has(error.code)) {
    return { status: 503, code: error.code, detail: error.message, correlationId };
  }
  return fromBodyReader(error, correlationId);
}

/** Errors of Express and its body reader, recognised by `type` and `status`; their own messages are not passed on. */
function fromBodyReader(error: unknown, correlationId: string): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.too.large") {
    const limit = "limit" in error ? String(error.limit) : "the limit";
    return {
      status: 413,
      code: "BodyTooLarge",
      detail: `the body is larger than SpecBytes (${limit} bytes): make the spec smaller, or raise Limits.SpecBytes`,
      correlationId,
    };
  }
  if (type === "encoding.unsupported") {
    return {
      status: 415,
      code: "UnsupportedMediaType",
      detail: "compressed bodies are not accepted: send the body without Content-Encoding",
      correlationId,
    };
  }
  const status = "status" in error ? error.status : undefined;
  if (status !== 400) return undefined;
  return {
    status: 400,
    code: "InvalidRequest",
    detail: "the request could not be read: its path, length or body is damaged or was cut off",
    correlationId,
  };
}
