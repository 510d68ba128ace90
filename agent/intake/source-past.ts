import type { SourceFailure } from "../source/spec-source.ts";
import { ANSWERED_OF_REF, type SourceFailureReason } from "../status/source-failures.ts";
import type { SourceRow } from "../room/rows.ts";

/** How a poll of a source ended. */
export type LookEnd = { readonly kind: "ok" } | SourceFailure;

/** A good time is stored again after so long, so that idle polls do not write. */
const STORED_EVERY_MS = 3_600_000;

/** Denials in a row from which on the credential is suspected, though it worked before. */
const DENIALS = 3;

/** The server answered the poll as git does; what is wrong is what it answered. */
const ANSWERED: ReadonlySet<SourceFailureReason> = new Set([
  ...ANSWERED_OF_REF,
  "SourceEmptied",
  "LaggingReplica",
  "UnrelatedHistory",
]);

/** Failures after which people ask first whether it ever worked. */
const DATED: ReadonlySet<SourceFailureReason> = new Set([
  "AuthenticationFailed",
  "RepositoryNotFound",
  "RedirectRefused",
]);

/** Until when a source worked, and what that says about how it fails now. */
export class SourcePast {
  #lastGood: string | null;
  #denials = 0;

  /** `lastGood`: an ISO time as it was stored; null when the source never worked. */
  constructor(lastGood: string | null) {
    this.#lastGood = lastGood;
  }

  /** Counts the end of a look, and says it in words that know the past. */
  seen(failure: SourceFailure): SourceFailure {
    this.#denials = failure.reason === "AuthenticationFailed" ? this.#denials + 1 : 0;
    const { message, advice } = failure;
    if (this.#lastGood === null) return failure;
    const worked = `It worked until ${this.#lastGood}`;
    const what =
      advice !== undefined && message.endsWith(advice)
        ? message.slice(0, -advice.length).trimEnd()
        : message;
    if (failure.reason === "ProtocolError" && advice !== undefined) {
      const page = "the server now sends a web page: account, sign-in or maintenance";
      return { ...failure, message: `${what} ${worked}; ${page}. Open Url in a browser.` };
    }
    if (!DATED.has(failure.reason)) return failure;
    if (advice !== undefined && failure.sameCredential === true && this.#denials < DENIALS) {
      return {
        ...failure,
        message: `${what} ${worked} with the same credential; it is asked again.`,
      };
    }
    return { ...failure, message: `${what} ${worked}.${advice === undefined ? "" : ` ${advice}`}` };
  }

  /** The good time to store after this look; `stored` where that is near enough. */
  lastGoodAfter(stored: string | null, end: LookEnd, nowIso: string): string | null {
    if (end.kind === "failed" && !ANSWERED.has(end.reason)) return this.#lastGood;
    this.#lastGood = nowIso;
    if (end.kind === "ok") this.#denials = 0;
    const ageMs = stored === null ? Infinity : Math.abs(Date.parse(nowIso) - Date.parse(stored));
    return ageMs < STORED_EVERY_MS ? stored : nowIso;
  }
}

/** The same failure again is the one before; another message of the same reason continues since then. */
export function errorAfter(
  before: SourceRow["lastError"],
  end: LookEnd,
  nowIso: string,
): SourceRow["lastError"] {
  if (end.kind === "ok") return null;
  const { reason, message, next } = end;
  const error = { reason, message, ...(next === undefined ? {} : { next }) };
  if (before?.reason !== reason) return { ...error, since: nowIso };
  return before.message === message ? before : { ...error, since: before.since };
}
