import type { ForgeAnswer, ForgeFailureReason, ForgeFinding } from "./forge.ts";

/** Failures that somebody has to do something about; others pass. */
const LACKS: ReadonlySet<ForgeFailureReason> = new Set([
  "ForgeForbidden",
  "ForgeTokenRefused",
  "ForgeNotFound",
  "RepositoryMoved",
]);

/** What an answer says about something that only had to work. */
export function findingOf(check: string, answer: ForgeAnswer<unknown>): ForgeFinding {
  if (answer.kind === "ok") return found(check);
  return LACKS.has(answer.reason) ? missing(check, answer.message) : unknown(check, answer.message);
}

export function found(check: string): ForgeFinding {
  return { check, result: "ok", message: "" };
}

export function missing(check: string, message: string): ForgeFinding {
  return { check, result: "missing", message };
}

export function unknown(check: string, message: string): ForgeFinding {
  return { check, result: "unknown", message };
}
