import type { ForgeFailureReason } from "../../../agent/forge/forge.ts";
import type { CannedAnswer } from "../../support/forge/canned-forge.ts";

/** What no message may show. */
export const FAULT_TOKEN = "token-of-the-agent-0123456789";
/** Unix seconds, two minutes after it is asked: rows are made long before their tests run. */
const soon = () => String(Math.floor(Date.now() / 1000) + 120);

export interface LibraryFault {
  readonly name: string;
  readonly answer: CannedAnswer;
  readonly reason: ForgeFailureReason;
  /** What a person reads of it. */
  readonly message: RegExp;
  /** From and to, ms; absent: it says nothing of it. */
  readonly retryAfterMs?: readonly [number, number];
}

export const LIBRARY_FAULTS: readonly LibraryFault[] = [
  {
    name: "a refused token",
    answer: { status: 401, body: { message: "Bad credentials" } },
    reason: "ForgeTokenRefused",
    message: /answered 401 \("Bad credentials"\)\. The token is unknown, expired or deleted/,
  },
  {
    name: "a token that may not",
    answer: { status: 403, body: { message: "Resource not accessible by integration" } },
    reason: "ForgeForbidden",
    message: /answered 403 .*This takes the (right Pull requests: read|scope read_api)/,
  },
  {
    name: "a token that may not, with the right named by the forge",
    answer: {
      status: 403,
      headers: { "x-accepted-github-permissions": "pull_requests=read" },
      body: {},
    },
    reason: "ForgeForbidden",
    message: /names pull_requests=read/,
  },
  {
    name: "a repository that is absent or out of sight",
    answer: { status: 404, body: { message: "Not Found" } },
    reason: "ForgeNotFound",
    message: /check the repository's name/,
  },
  {
    name: "too many requests for so many seconds",
    answer: { status: 429, headers: { "retry-after": "7" }, body: {} },
    reason: "ForgeRateLimited",
    message: /asks again later/,
    retryAfterMs: [7000, 7000],
  },
  {
    name: "a limit that GitHub answers as 403",
    answer: {
      status: 403,
      get headers() {
        return { "x-ratelimit-remaining": "0", "x-ratelimit-reset": soon() };
      },
      body: { message: "too much" },
    },
    reason: "ForgeRateLimited",
    message: /asks again later/,
    retryAfterMs: [60_001, 121_000],
  },
  {
    name: "a second limit without a header",
    answer: { status: 403, body: { message: "You have exceeded a secondary rate limit." } },
    reason: "ForgeRateLimited",
    message: /secondary rate limit/,
    retryAfterMs: [60_000, 60_000],
  },
  {
    name: "a limit that says when it ends the way GitLab does",
    answer: {
      status: 429,
      get headers() {
        return { "ratelimit-reset": soon() };
      },
      body: "Retry later",
    },
    reason: "ForgeRateLimited",
    message: /429/,
    retryAfterMs: [60_001, 121_000],
  },
  {
    name: "a limit that ends in the past by the clock of this machine",
    answer: { status: 429, headers: { "x-ratelimit-reset": "1000" }, body: {} },
    reason: "ForgeRateLimited",
    message: /429/,
    retryAfterMs: [1000, 1000],
  },
  {
    name: "a limit that ends in a year by the clock of this machine",
    answer: { status: 429, headers: { "x-ratelimit-reset": "99999999999" }, body: {} },
    reason: "ForgeRateLimited",
    message: /429/,
    retryAfterMs: [3_600_000, 3_600_000],
  },
  {
    name: "a failing server",
    answer: { status: 500, body: { message: "" } },
    reason: "ForgeServerError",
    message: /answered 500\. The agent asks again later/,
  },
  {
    name: "a proxy's page instead of the server",
    answer: { status: 502, body: "<html>Bad Gateway</html>" },
    reason: "ForgeServerError",
    message: /502 \(text\/html that is not JSON\)/,
  },
  {
    name: "a renamed repository",
    answer: { status: 301, headers: { location: "/api/v3/repositories/7" }, body: {} },
    reason: "RepositoryMoved",
    message: /renamed.*leads to \/api\/v3\/repositories\/7\. Redirects are not followed/,
  },
  {
    name: "a redirect that leads nowhere",
    answer: { status: 302, body: {} },
    reason: "RepositoryMoved",
    message: /leads elsewhere/,
  },
  {
    name: "a sign-in page",
    answer: { body: "<html>Sign in</html>" },
    reason: "ForgeAnswerInvalid",
    message: /answered 200 with text\/html that is not JSON/,
  },
  {
    name: "an answer of another shape",
    answer: { body: [{ number: 1 }] },
    reason: "ForgeAnswerInvalid",
    message: /its answer is not what is known: 0\./,
  },
  {
    name: "a null instead of a list",
    answer: { body: null },
    reason: "ForgeAnswerInvalid",
    message: /the answer: expected a list, got nothing/,
  },
  {
    name: "an object instead of a list",
    answer: { body: {} },
    reason: "ForgeAnswerInvalid",
    message: /the answer: expected a list, got an object/,
  },
  {
    name: "an answer that breaks off",
    answer: { body: [{ number: 1 }], isCut: true },
    reason: "ForgeUnreachable",
    message: /Check that the forge runs/,
  },
  {
    name: "an answer that does not come",
    answer: { hangs: true },
    reason: "ForgeTimeout",
    message: /within 300 ms.*raise Forge\.TimeoutSeconds/,
  },
  {
    name: "an answer over the cap",
    answer: { body: ["x".repeat(17 * 1024 * 1024)] },
    reason: "ForgeAnswerInvalid",
    message: /larger than 16777216 bytes/,
  },
  {
    name: "a refusal that repeats the token",
    answer: { status: 422, body: { message: `do not send ${FAULT_TOKEN}` } },
    reason: "ForgeRefused",
    message: /do not send \[redacted\]/,
  },
  {
    name: "an archived repository",
    answer: { status: 423, body: { message: "archived" } },
    reason: "ForgeRefused",
    message: /archived/,
  },
];
