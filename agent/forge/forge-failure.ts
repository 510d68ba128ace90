import type { IncomingHttpHeaders } from "node:http";
import type { NoAnswer } from "../http/http-message.ts";
import { redactUrl } from "../kernel/redact.ts";
import { parseRetryAfter } from "../kernel/retry-after.ts";
import { legible } from "../kernel/shortened.ts";
import type { ForgeFailure, ForgeFailureReason } from "./forge.ts";

export function failed(reason: ForgeFailureReason, message: string): ForgeFailure {
  return { kind: "failed", reason, message };
}

/** One question, for messages. */
export interface Asked {
  /** In words, such as `the open pull requests of rooms/specs`. */
  readonly what: string;
  /** The right that it takes, such as `the scope read:issue`. */
  readonly needs: string;
  /** `host:port` of the forge. */
  readonly host: string;
  /** The forge's name, such as `Gitea`. */
  readonly forge: string;
}

/** An answer that says no. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The forge's own words, without secrets; empty: none that are worth showing. */
  readonly said: string;
  /** Wall time. */
  readonly nowMs: number;
}

/** What an answer outside of 2xx means that has no meaning of its own for the question. */
export function failureOfStatus(asked: Asked, refusal: Refusal): ForgeFailure {
  const { status, headers, said, nowMs } = refusal;
  const reason = reasonOf(refusal);
  const words = said === "" ? "" : ` (${said})`;
  const retryAfterMs = parseRetryAfter(headers["retry-after"], nowMs);
  const failure = failed(
    reason,
    `${subject(asked)}: it answered ${status}${words}. ${toDo(reason, asked, headers)}`,
  );
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

function reasonOf({ status, headers }: Refusal): ForgeFailureReason {
  if (status >= 300 && status < 400) return "RepositoryMoved";
  if (status === 401) return "ForgeTokenRefused";
  if (status === 403) {
    const isLimit =
      headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0";
    return isLimit ? "ForgeRateLimited" : "ForgeForbidden";
  }
  if (status === 404) return "ForgeNotFound";
  if (status === 429) return "ForgeRateLimited";
  if (status >= 500) return "ForgeServerError";
  return status >= 400 ? "ForgeRefused" : "ForgeAnswerInvalid";
}

function toDo(reason: ForgeFailureReason, asked: Asked, headers: IncomingHttpHeaders): string {
  const { forge, needs } = asked;
  switch (reason) {
    case "RepositoryMoved": {
      const { location } = headers;
      const to = location === undefined ? " elsewhere" : ` to ${legible(redactUrl(location))}`;
      return `The repository was renamed, or the address is another one now: the answer leads${to}. Redirects are not followed: write the new name or address into the configuration.`;
    }
    case "ForgeTokenRefused":
      return `The token is unknown, expired or deleted: make a new one in ${forge} and give it to the agent.`;
    case "ForgeForbidden":
      return `This takes ${needs}: give it to the token or to its account.`;
    case "ForgeNotFound":
      return `It is not there, or the token's account may not see it: check the repository's name, and that the account may read it.`;
    case "ForgeRateLimited":
      return `The agent asks again later.`;
    case "ForgeServerError":
      return `The agent asks again later; if it stays so, read the log of ${forge}, or of a proxy before it.`;
    case "ForgeRefused":
    case "ForgeAnswerInvalid":
    case "ForgeTimeout":
    case "ForgeUnreachable":
      return `${forge} does not accept it: see its words, and whether the repository is archived or the unit is switched off.`;
  }
}

/** What it means that no answer came. */
export function failureOfNoAnswer(asked: Asked, none: NoAnswer): ForgeFailure {
  const { failure, message, proxy } = none;
  const by = proxy === undefined ? "" : ` by the proxy ${proxy}`;
  const fail = (reason: ForgeFailureReason, next: string): ForgeFailure =>
    failed(reason, `${subject(asked)}${by}: ${legible(message)}. ${next}`);
  switch (failure) {
    case "timeout":
      return fail(
        "ForgeTimeout",
        "The agent asks again later; if it stays so, raise Forge.TimeoutSeconds or look at the forge's load.",
      );
    case "tooLarge":
      return fail("ForgeAnswerInvalid", "More is not read: delete what is not needed there.");
    case "notHttp":
    case "encoding":
      return fail(
        "ForgeAnswerInvalid",
        "Check that the address is that of the forge, and what stands before it.",
      );
    case "connect":
    case "reset":
      return fail(
        "ForgeUnreachable",
        "Check that the forge runs, its address, its certificate and the way to it.",
      );
  }
}

/** An answer that is not what the forge is known to answer. */
export function invalidAnswer(asked: Asked, why: string): ForgeFailure {
  return failed(
    "ForgeAnswerInvalid",
    `${subject(asked)}: ${why}. Check that the address is that of ${asked.forge}'s API and that its version is one that the agent knows.`,
  );
}

/** The agent's own token cannot be used. */
export function tokenUnusable(asked: Asked, why: string): ForgeFailure {
  return failed("ForgeTokenRefused", `${subject(asked)} was not asked for: ${why}`);
}

export function subject({ what, forge, host }: Asked): string {
  return `${what} on ${forge} at ${host}`;
}
