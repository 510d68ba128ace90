import { expect } from "chai";
import type { GitCredentials } from "../../../../../agent/source/git/wire/git-credentials.ts";
import { refusedAnswer } from "../../../../../agent/source/git/wire/git-refused-answer.ts";
import type { RefusedAnswer } from "../../../../../agent/source/git/wire/git-refused-answer.ts";
import type { SourceFailureReason } from "../../../../../agent/status/source-failures.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");
const TOKEN: GitCredentials = {
  kind: "basic",
  username: "x-access-token",
  password: "hush-0123456789",
};
const NONE: GitCredentials = { kind: "none" };
const PAGE = "<!DOCTYPE html><html><head><title>Sign-In Prohibited - Forge</title></head></html>";

interface Row {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly credentials?: GitCredentials;
  readonly reason: SourceFailureReason;
  readonly says: readonly string[];
  readonly saysNot?: readonly string[];
  readonly retryAfterMs?: number;
}

const plain = { "content-type": "text/plain; charset=utf-8" };
const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };

const ROWS: readonly Row[] = [
  {
    name: "401 with a sentence",
    status: 401,
    headers: plain,
    text: "Update your password\n",
    reason: "AuthenticationFailed",
    says: [
      'answered 401 for /a/b.git/info/refs: "Update your password".',
      "Check the source's Auth",
    ],
  },
  {
    name: "401 without a credential",
    status: 401,
    credentials: NONE,
    reason: "AuthenticationFailed",
    says: ["is private, or is not there (a forge hides both behind 401)"],
    saysNot: ["expired"],
  },
  {
    name: "401 that repeats the credential, in clear, in JSON and in the header's form",
    status: 401,
    headers: plain,
    text: `bad hush-0123456789 ${Buffer.from("x-access-token:hush-0123456789").toString("base64")} https://kim:pw@x.test/a?access_token=abc&x`,
    reason: "AuthenticationFailed",
    says: ['"bad [redacted] [redacted] https://x.test/a"'],
    saysNot: ["hush", "pw@", "abc"],
  },
  {
    name: "401 with a sentence of many lines and odd characters",
    status: 401,
    headers: plain,
    text: `\n\n\u001b[31mno\u202e\u009b way${"y".repeat(300)}\nsecond`,
    reason: "AuthenticationFailed",
    says: ["\\u001b[31mno\\u202e\\u009b wayyy", "… ("],
    saysNot: ["second", "\u001b", "\u202e"],
  },
  {
    name: "401 with a long text, which is a page whatever it is called",
    status: 401,
    headers: plain,
    text: "x".repeat(2_001),
    reason: "AuthenticationFailed",
    says: ["answered 401 for /a/b.git/info/refs. Check"],
  },
  {
    name: "401 with a JSON message",
    status: 401,
    headers: json,
    text: '{"documentation_url":"x","message":"Bad credentials"}',
    reason: "AuthenticationFailed",
    says: [': "Bad credentials".'],
  },
  {
    name: "403 with a credential",
    status: 403,
    reason: "AuthenticationFailed",
    says: ["is known, but may not read this: check its scopes (Gitea: `read:repository`)"],
  },
  {
    name: "403 without a credential, with the reason",
    status: 403,
    headers: plain,
    credentials: NONE,
    text: "Interacting with repositories by HTTP protocol is not allowed",
    reason: "AuthenticationFailed",
    says: [
      '"Interacting with repositories by HTTP protocol is not allowed"',
      "without a credential",
    ],
    saysNot: ["scopes"],
  },
  {
    name: "403 of a rate limit, until a time since 1970",
    status: 403,
    headers: {
      ...json,
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(NOW_MS / 1000 + 90),
    },
    text: '{"message":"API rate limit exceeded"}',
    reason: "RateLimited",
    says: ['"API rate limit exceeded"', "nothing is asked before 2026-03-01T12:01:30.000Z"],
    retryAfterMs: 90_000,
  },
  {
    name: "403 of a rate limit, for so many seconds",
    status: 403,
    headers: { "ratelimit-reset": "45" },
    reason: "RateLimited",
    says: ["nothing is asked before 2026-03-01T12:00:45.000Z"],
    retryAfterMs: 45_000,
  },
  {
    name: "403 with Retry-After",
    status: 403,
    headers: { "retry-after": "7" },
    reason: "RateLimited",
    says: ["nothing is asked before 2026-03-01T12:00:07.000Z"],
    retryAfterMs: 7_000,
  },
  {
    name: "403 while calls are left",
    status: 403,
    headers: { "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1999999999" },
    reason: "AuthenticationFailed",
    says: ["check its scopes"],
  },
  {
    name: "a time of a rate limit by the server's clock, an hour at most",
    status: 429,
    headers: { date: "Sun, 01 Mar 2026 10:00:00 GMT", "x-ratelimit-reset": "1999999999" },
    reason: "RateLimited",
    says: ["nothing is asked before 2026-03-01T13:00:00.000Z"],
    retryAfterMs: 3_600_000,
  },
  {
    name: "429 that does not say when",
    status: 429,
    reason: "RateLimited",
    says: ["asked again later"],
  },
  {
    name: "404 with a sentence",
    status: 404,
    headers: plain,
    text: "Not found.\n",
    reason: "RepositoryNotFound",
    says: [': "Not found.".', "Check the URL, and that Auth may see it."],
  },
  { name: "410", status: 410, reason: "RepositoryNotFound", says: ["answered 410"] },
  {
    name: "451",
    status: 451,
    headers: json,
    text: '{"message":"Repository access blocked"}',
    reason: "RepositoryNotFound",
    says: ['"Repository access blocked"', "legal reasons"],
  },
  {
    name: "407",
    status: 407,
    headers: html,
    text: "<title>Proxy Authentication Required</title>",
    reason: "Unreachable",
    says: ['"Proxy Authentication Required"', "set Proxy.Url of this source"],
  },
  {
    name: "502 with a page",
    status: 502,
    headers: html,
    text: "<html><title>502 Bad Gateway</title>",
    reason: "ServerError",
    says: ['answered 502 for /a/b.git/info/refs: "502 Bad Gateway".'],
  },
  {
    name: "503 with Retry-After",
    status: 503,
    headers: { "retry-after": "3" },
    reason: "ServerError",
    says: ["asked again later"],
    retryAfterMs: 3_000,
  },
  {
    name: "200 with a web page",
    status: 200,
    headers: html,
    text: PAGE,
    reason: "ProtocolError",
    says: ['answered 200 with a web page, "Sign-In Prohibited - Forge", instead of git'],
  },
  {
    name: "203 with a web page of a wrong type, and entities",
    status: 203,
    headers: plain,
    text: "<!doctype html>\n<title lang=en>\n Tom &amp; Jerry&#39;s&lt;b&gt;\n</title>",
    reason: "ProtocolError",
    says: [`answered 203 with a web page, "Tom & Jerry's<b>", instead`],
  },
  {
    name: "a web page without a title",
    status: 200,
    headers: html,
    text: "<p>hello",
    reason: "ProtocolError",
    says: ["answered 200 with a web page instead of git"],
  },
  {
    name: "a proxy's text",
    status: 200,
    headers: plain,
    text: "Access to this site is blocked",
    reason: "ProtocolError",
    says: ["content type text/plain instead of x-good", 'says "Access to this site is blocked"'],
  },
  {
    name: "a redirect to a sign-in page, without its query and user",
    status: 302,
    headers: { location: "https://kim:pw@sso.test/user/login?access_token=abc#frag" },
    reason: "RedirectRefused",
    says: ["(to https://sso.test/user/login, a sign-in page)", "expired, revoked or not accepted"],
    saysNot: ["abc", "pw", "frag", "final URL"],
  },
  {
    name: "a redirect to a sign-in page by a path alone, without a credential",
    status: 303,
    credentials: NONE,
    headers: { location: "/users/sign_in?token=abc" },
    reason: "RedirectRefused",
    says: ["(to /users/sign_in, a sign-in page)", "is private, or is not there"],
    saysNot: ["abc"],
  },
  {
    name: "a redirect elsewhere",
    status: 301,
    headers: { location: "https://git.test/new.git/info/refs?service=git-upload-pack" },
    reason: "RedirectRefused",
    says: ["(to https://git.test/new.git/info/refs). Configure the final URL."],
  },
  {
    name: "another status",
    status: 418,
    headers: plain,
    text: "teapot",
    reason: "ProtocolError",
    says: ["answered 418", '"teapot"', "check Url"],
  },
];

describe("refusedAnswer", () => {
  for (const { name, reason, says, saysNot = [], retryAfterMs, ...given } of ROWS) {
    it(`is ${reason} for ${name}`, () => {
      const answer: RefusedAnswer = {
        url: new URL("https://git.test/a/b.git/info/refs?service=git-upload-pack"),
        headers: {},
        text: "",
        contentType: "x-good",
        credentials: TOKEN,
        nowMs: NOW_MS,
        ...given,
      };
      const failure = refusedAnswer(answer);
      expect(failure.code).to.equal(reason);
      expect(failure.message).to.match(/^git\.test answered /);
      expect(failure.message.length).to.be.below(900);
      for (const text of says) expect(failure.message).to.include(text);
      for (const text of saysNot) expect(failure.message).to.not.include(text);
      expect(failure.data["retryAfterMs"]).to.equal(retryAfterMs);
    });
  }

  it("stays quick with a text made to slow it down", () => {
    const text = `${"/".repeat(8_000)}${"a:".repeat(4_000)}`;
    const startedMs = performance.now();
    for (let times = 0; times < 5; times += 1) {
      refusedAnswer({
        url: new URL("https://git.test/"),
        status: 401,
        headers: { ...plain, location: text },
        text: text.slice(0, 2_000),
        contentType: "x-good",
        credentials: TOKEN,
        nowMs: NOW_MS,
      });
    }
    expect(performance.now() - startedMs).to.be.below(1_000);
  });
});
