import type { IncomingHttpHeaders } from "node:http";
import { hostAndPort } from "../../../http/http-access.ts";
import { answeredAtMs } from "../../../kernel/answered-at.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import { parseRetryAfter } from "../../../kernel/retry-after.ts";
import { legible } from "../../../kernel/shortened.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { gitFailure } from "../../git-failure.ts";
import { answerWords, isPage, withoutUrlSecrets } from "./git-words.ts";
import { proxyCause } from "./proxy-failure.ts";

/** An answer that is not the one that was asked for. */
export interface RefusedAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of its body; empty where it has none. */
  readonly text: string;
  /** The content type a good answer has. */
  readonly contentType: string;
  /** What it was asked with. */
  readonly credentials: GitCredentials;
  readonly nowMs: number;
}

/** Says what came instead of git's answer, in the server's own words, and the likely cause. */
export function refusedAnswer(answer: RefusedAnswer): OperatorError {
  const { status } = answer;
  if (status >= 200 && status < 300) return notGit(answer);
  if (status >= 300 && status < 400) return redirect(answer);
  if (isRateLimit(answer)) return rateLimited(answer);
  if (status === 401) return unauthorized(answer);
  if (status === 403) return forbidden(answer);
  if (status === 407 || status === 511) return proxyLogin(answer);
  if (status === 404 || status === 410 || status === 451) return notFound(answer);
  if (status >= 500) {
    return gitFailure("ServerError", `${what(answer)} ${againText(answer)}`, {
      retryAfterMs: retryAfterOf(answer),
    });
  }
  return gitFailure(
    "ProtocolError",
    `${what(answer)} git's protocol has no such answer: check Url, and what stands before the server.`,
  );
}

/** `host answered 401 for /path: "words".` */
function what(answer: RefusedAnswer): string {
  const words = wordsOf(answer);
  const { url, status } = answer;
  return `${url.host} answered ${status} for ${url.pathname}${words === null ? "." : `: ${words}.`}`;
}

function wordsOf(answer: RefusedAnswer): string | null {
  return answerWords({ mediaType: mediaTypeOf(answer), text: answer.text }, answer.credentials);
}

function mediaTypeOf({ headers }: RefusedAnswer): string {
  return headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function notGit(answer: RefusedAnswer): OperatorError {
  const { url, status, contentType, text } = answer;
  const mediaType = mediaTypeOf(answer);
  const words = wordsOf(answer);
  if (isPage({ mediaType, text })) {
    const page = words === null ? "a web page" : `a web page, ${words},`;
    return gitFailure(
      "ProtocolError",
      `${url.host} answered ${status} with ${page} instead of git's protocol. ${PAGE_ADVICE}`,
      { advice: PAGE_ADVICE },
    );
  }
  const found = mediaType === "" ? "no content type" : `content type ${legible(mediaType)}`;
  const said = words === null ? "" : ` and says ${words}`;
  return gitFailure(
    "ProtocolError",
    `${url.host} answered ${status} with ${found} instead of ${contentType}${said}. ` +
      "Check that the URL names a repository served by git's smart HTTP protocol.",
  );
}

const PAGE_ADVICE =
  "A sign-in, an account that is locked, or maintenance: open Url in a browser, and check the source's Auth. " +
  "If it never worked, check that the URL names a repository served by git's smart HTTP protocol.";

function redirect(answer: RefusedAnswer): OperatorError {
  const { url, status, headers, credentials } = answer;
  const to = withoutUrlSecrets(headers.location ?? "");
  const where = to === "" ? "nowhere" : legible(to);
  const begin = `${url.host} answered ${status} for ${url.pathname}`;
  if (!SIGN_IN.test(to)) {
    return gitFailure("RedirectRefused", `${begin} (to ${where}). Configure the final URL.`);
  }
  const advice =
    credentials.kind === "none"
      ? "The repository is private, or is not there: check Url, and configure the source's Auth."
      : "The credential is expired, revoked or not accepted: check the source's Auth.";
  return gitFailure("RedirectRefused", `${begin} (to ${where}, a sign-in page). ${advice}`);
}

const SIGN_IN = /(?:log|sign)[-_]?[io]n|\bauth|oauth|openid|saml|\bsso\b|sessions?\/new/i;

function unauthorized(answer: RefusedAnswer): OperatorError {
  const advice =
    answer.credentials.kind === "none"
      ? "The repository is private, or is not there (a forge hides both behind 401): check Url, and configure the source's Auth."
      : "Check the source's Auth, and that it may read the repository: the credential is wrong, expired or revoked.";
  return denied(answer, advice);
}

function forbidden(answer: RefusedAnswer): OperatorError {
  const advice =
    answer.credentials.kind === "none"
      ? "It may not be read without a credential: configure the source's Auth."
      : "The credential is known, but may not read this: check its scopes (Gitea: `read:repository`).";
  return denied(answer, advice);
}

function denied(answer: RefusedAnswer, advice: string): OperatorError {
  return gitFailure("AuthenticationFailed", `${what(answer)}${waitText(answer)} ${advice}`, {
    retryAfterMs: retryAfterOf(answer),
    // A forge with a locked database answers 401 to a good credential; 403 is about the credential alone.
    ...(answer.status === 401 ? { advice } : {}),
  });
}

function proxyLogin(answer: RefusedAnswer): OperatorError {
  const proxy = answer.credentials.access?.proxy;
  const advice =
    proxy === undefined
      ? `A proxy in between asks for a login: set Proxy.Url of this source, or let the agent reach ${answer.url.host} directly.`
      : `That is the proxy at ${hostAndPort(proxy)}: ${proxyCause("PROXY_407", proxy)}.`;
  return gitFailure("Unreachable", `${what(answer)}${waitText(answer)} ${advice}`, {
    retryAfterMs: retryAfterOf(answer),
  });
}

function notFound(answer: RefusedAnswer): OperatorError {
  const advice =
    answer.status === 451
      ? "It is withheld for legal reasons: ask who runs the server."
      : "Check the URL, and that Auth may see it.";
  return gitFailure("RepositoryNotFound", `${what(answer)}${waitText(answer)} ${advice}`, {
    retryAfterMs: retryAfterOf(answer),
  });
}

function againText(answer: RefusedAnswer): string {
  const text = waitText(answer);
  return text === "" ? "It is asked again later." : text.trimStart();
}

/** Ms. A shorter wait is one like any after a failure. */
const SHORT_MS = 60_000;

/** Until when nothing is asked because the server asked for that; empty: it did not, or not for long. */
function waitText(answer: RefusedAnswer): string {
  const waitMs = retryAfterOf(answer) ?? 0;
  if (waitMs <= SHORT_MS) return "";
  return ` It asked to wait (Retry-After): nothing is asked before ${new Date(answer.nowMs + waitMs).toISOString()}.`;
}

function rateLimited(answer: RefusedAnswer): OperatorError {
  const retryAfterMs = waitOf(answer);
  const until =
    retryAfterMs === undefined
      ? "It is asked again later."
      : `The rate limit is reached: nothing is asked before ${new Date(answer.nowMs + retryAfterMs).toISOString()}.`;
  return gitFailure("RateLimited", `${what(answer)} ${until}`, { retryAfterMs });
}

/** GitHub and others answer 403 instead of 429, and say only in headers that it is for a time. */
function isRateLimit(answer: RefusedAnswer): boolean {
  if (answer.status === 429) return true;
  if (answer.status !== 403) return false;
  const remaining =
    header(answer, "x-ratelimit-remaining") ?? header(answer, "ratelimit-remaining");
  if (header(answer, "retry-after") !== undefined) return true;
  return resetOf(answer) !== undefined && (remaining === undefined || Number(remaining) === 0);
}

function waitOf(answer: RefusedAnswer): number | undefined {
  return retryAfterOf(answer) ?? resetOf(answer);
}

function retryAfterOf(answer: RefusedAnswer): number | undefined {
  return parseRetryAfter(header(answer, "retry-after"), answeredAt(answer));
}

/** A number of seconds from now, or, where that would be decades, a time in seconds since 1970. */
function resetOf(answer: RefusedAnswer): number | undefined {
  const text = header(answer, "x-ratelimit-reset") ?? header(answer, "ratelimit-reset");
  if (text === undefined || !/^\d{1,12}$/.test(text)) return undefined;
  const seconds = Number(text);
  const fromNow = seconds < 1e9 ? seconds : seconds - answeredAt(answer) / 1000;
  return parseRetryAfter(String(Math.max(Math.ceil(fromNow), 0)), answer.nowMs);
}

function answeredAt({ headers, nowMs }: RefusedAnswer): number {
  return answeredAtMs(headers.date, nowMs);
}

function header({ headers }: RefusedAnswer, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim();
}
