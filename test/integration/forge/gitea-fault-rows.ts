import type { ForgeFailureReason } from "../../../agent/forge/forge.ts";
import type { CannedAnswer } from "../../support/forge/canned-forge.ts";

/** What no message may show. */
export const TOKEN = "token-of-the-agent-0123456789";

export interface GiteaFault {
  readonly name: string;
  readonly answer: CannedAnswer;
  readonly reason: ForgeFailureReason;
  /** What a person reads of it. */
  readonly message: RegExp;
  readonly retryAfterMs?: number;
}

export const GITEA_FAULTS: readonly GiteaFault[] = [
  {
    name: "a refused token",
    answer: { status: 401, body: { message: "invalid username, password or token", url: "" } },
    reason: "ForgeTokenRefused",
    message: /answered 401 \("invalid username.*make a new one in Gitea and give it to the agent/,
  },
  {
    name: "a scope or a role that is missing",
    answer: { status: 403, body: { message: "required=[read:repository]", url: "" } },
    reason: "ForgeForbidden",
    message: /answered 403 .*This takes the scope (read|write):(repository|issue)[^:]*: give it to/,
  },
  {
    name: "a forbidden answer without a word",
    answer: { status: 403, headers: { "content-type": "" }, body: "" },
    reason: "ForgeForbidden",
    message: /answered 403 \(an empty body\)\. This takes the scope/,
  },
  {
    name: "too many requests, for so many seconds",
    answer: { status: 429, headers: { "retry-after": "7" }, body: {} },
    reason: "ForgeRateLimited",
    message: /answered 429\. The agent asks again later/,
    retryAfterMs: 7000,
  },
  {
    name: "too many requests, said without how long",
    answer: { status: 429, body: "slow down" },
    reason: "ForgeRateLimited",
    message: /answered 429/,
  },
  {
    name: "a server that says when it is back",
    answer: { status: 503, headers: { "retry-after": "30" }, body: "<html>soon</html>" },
    reason: "ForgeServerError",
    message: /answered 503 \(text\/html that is not JSON\)/,
    retryAfterMs: 30_000,
  },
  {
    name: "a clock that is an hour behind, in a time to come back at",
    answer: {
      status: 429,
      headers: { "retry-after": new Date(Date.now() - 3_600_000).toUTCString() },
      body: {},
    },
    reason: "ForgeRateLimited",
    message: /answered 429/,
    retryAfterMs: 0,
  },
  {
    name: "an error without a word",
    answer: { status: 500, body: { message: "", url: "" } },
    reason: "ForgeServerError",
    message: /answered 500\. The agent asks again later; if it stays so, read the log of Gitea/,
  },
  {
    name: "a renamed repository",
    answer: {
      status: 301,
      headers: { location: "/api/v1/repos/rooms/specs-new" },
      body: '<a href="x">Moved Permanently</a>.',
    },
    reason: "RepositoryMoved",
    message: /renamed.* leads to \/api\/v1\/repos\/rooms\/specs-new\. Redirects are not followed/,
  },
  {
    name: "a redirect to an address with a password in it",
    answer: {
      status: 302,
      headers: { location: "https://a:secret@b.example/x?token=y" },
      body: {},
    },
    reason: "RepositoryMoved",
    message: /leads to https:\/\/\[redacted\]@b\.example\/x\. /,
  },
  {
    name: "a page to sign in at",
    answer: { body: "<html>Sign in</html>" },
    reason: "ForgeAnswerInvalid",
    message: /200 with text\/html that is not JSON\. Check that the address is that of Gitea's API/,
  },
  {
    name: "an answer of another shape",
    answer: { body: { name: 7 } },
    reason: "ForgeAnswerInvalid",
    message: /its answer is not what is known: /,
  },
  {
    name: "a list of something else",
    answer: { body: [{ number: "one" }] },
    reason: "ForgeAnswerInvalid",
    message: /its answer is not what is known: /,
  },
  {
    name: "an answer that breaks off",
    answer: { body: { number: 1, title: "x".repeat(1000) }, isCut: true },
    reason: "ForgeUnreachable",
    message: /Check that the forge runs, its address, its certificate and the way to it/,
  },
  {
    name: "an answer that does not come",
    answer: { hangs: true },
    reason: "ForgeTimeout",
    message: /no complete answer within 300 ms.*raise Forge\.TimeoutSeconds/,
  },
  {
    name: "an answer over the cap",
    answer: { body: ["x".repeat(17 * 1024 * 1024)] },
    reason: "ForgeAnswerInvalid",
    message: /larger than 16777216 bytes/,
  },
  {
    name: "an encoding that was not asked for",
    answer: { headers: { "content-encoding": "br" }, body: {} },
    reason: "ForgeAnswerInvalid",
    message: /encoded as "br", which was not asked for/,
  },
  {
    name: "a refusal that repeats the token",
    answer: { status: 422, body: { message: `do not send ${TOKEN}` } },
    reason: "ForgeRefused",
    message: /do not send \[redacted\]/,
  },
  {
    name: "an archived repository",
    answer: { status: 423, body: { message: "rooms/specs is archived", url: "" } },
    reason: "ForgeRefused",
    message: /"rooms\/specs is archived".*whether the repository is archived/,
  },
  {
    name: "a message that hides in the line it stands in",
    answer: { status: 409, body: { message: "a\u001b[2J\u202eb\n".repeat(200) } },
    reason: "ForgeRefused",
    message: /^[\x20-\x7e…]*$/,
  },
];
