import { messageOf, OperatorError } from "../kernel/errors.ts";
import { withoutStop } from "../kernel/joined.ts";
import type { SourceFailure } from "./spec-source.ts";
import { isSourceFailure, type SourceFailureReason } from "../status/source-failures.ts";

interface FailureOptions {
  readonly retryAfterMs?: number | undefined;
  /** The end of the message that says what to do, where the past of the source may say something better. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/** The error that becomes a `SourceFailure` of the same reason at the edge. */
export function gitFailure(
  reason: SourceFailureReason,
  message: string,
  options: FailureOptions = {},
): OperatorError {
  const { retryAfterMs, advice, cause } = options;
  return new OperatorError(reason, message, {
    data: {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(advice === undefined ? {} : { advice }),
    },
    cause,
  });
}

/** A limit that was passed: its configuration name and value are in the message. */
export function limitExceeded(limit: string, value: number, what: string): OperatorError {
  const advice = `Make the repository smaller or raise ${limit} for this source.`;
  return new OperatorError("LimitExceeded", `${what} (limit ${limit}: ${value}). ${advice}`, {
    data: { limit },
  });
}

/** The signatures of commits cannot be checked at all. */
export function unchecked(why: string): OperatorError {
  return gitFailure(
    "SignatureUnchecked",
    `The signatures of commits cannot be checked: ${withoutStop(why)}. Rooms keep what was accepted last, and the agent tries again at the next poll.`,
  );
}

/** True when it was the transfer that went over a limit, not the content of the head. */
export function isTransferLimit(error: unknown): boolean {
  return (
    error instanceof OperatorError &&
    error.code === "LimitExceeded" &&
    (error.data["limit"] === "PackBytes" || error.data["limit"] === "ObjectBytes")
  );
}

/** The object that the server says it does not have; null for any other failure. */
export function refusedObject(error: unknown): string | null {
  if (!(error instanceof OperatorError)) return null;
  return REFUSED_OBJECT.exec(error.message)?.[1] ?? null;
}

/** In the words of git, and of JGit: `want <id> not valid`. */
const REFUSED_OBJECT = /(?:not our ref|unadvertised object|want) ([0-9a-f]{40})\b/;

/** True when it was the server that would not answer this request, and it does not say that this is for a time. */
export function refusesRequest(error: unknown): boolean {
  if (!(error instanceof OperatorError) || error.data["retryAfterMs"] !== undefined) return false;
  return /^(?:ServerError|ProtocolError|AuthenticationFailed)$/.test(error.code);
}

/** True when the server refuses what a fetch asks it to leave out. */
export function refusesFilter(error: unknown): boolean {
  return (
    error instanceof OperatorError && /\bfilter\b.*\bnot (?:supported|allowed)/i.test(error.message)
  );
}

/** True when it was the parsing that took too long: it does so again at the same head. */
export function isParseLimit(error: unknown): boolean {
  return (
    error instanceof OperatorError &&
    error.code === "LimitExceeded" &&
    error.data["limit"] === "ParseSeconds"
  );
}

/** A full or read-only disk is not a defect. Null where the error is something else. */
export function diskFailure(error: unknown, folder: string): SourceFailure | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^E[A-Z]+$/.test(code)) return null;
  const message = `The clone in ${folder} cannot be used: ${messageOf(error)}. Check the disk.`;
  return { kind: "failed", reason: "WorkerFailed", message };
}

/** Null when the error is a defect and not a failure of a source. */
export function toSourceFailure(error: unknown): SourceFailure | null {
  if (!(error instanceof OperatorError) || !isSourceFailure(error.code)) return null;
  const { retryAfterMs, advice } = error.data;
  return {
    kind: "failed",
    reason: error.code,
    message: error.message,
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
    ...(typeof advice === "string" ? { advice } : {}),
  };
}
