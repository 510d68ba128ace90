import type { OperatorError } from "../../../kernel/errors.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { gitFailure } from "../../git-failure.ts";
import { quotedWords } from "./git-words.ts";
import { saysIn, type Said } from "./said-words.ts";
import type { SourceFailureReason } from "../../../status/source-failures.ts";
import type { WireEnd } from "./wire-process.ts";

export interface HelperTalk {
  readonly url: URL;
  readonly credentials: GitCredentials;
}

/** Words of git and curl in the C locale, and what they mean: the first that matches counts. */
const SIGNS: readonly (readonly [Said, SourceFailureReason, string])[] = [
  [
    [
      [
        /Authentication failed|could not read (?:Username|Password)|returned error: 40[13]|HTTP 40[13]/i,
      ],
    ],
    "AuthenticationFailed",
    "Check the source's Auth, or git's own credential helper, and that it may read the repository",
  ],
  [
    [[/returned error: 429|HTTP 429/i]],
    "RateLimited",
    "Raise IntervalSeconds of this source if it comes again",
  ],
  [
    [[/repository /i, / not found/i], [/returned error: 404|HTTP 404/i]],
    "RepositoryNotFound",
    "Check Url, and that Auth may see it",
  ],
  [
    [[/returned error: 407|HTTP 407|from proxy/i]],
    "Unreachable",
    "The proxy did not open the way: check http.proxy of git's configuration, and HTTPS_PROXY",
  ],
  [
    [[/redirect|returned error: 30\d|HTTP 30\d/i]],
    "RedirectRefused",
    "Redirects are not followed: configure the final address",
  ],
  [[[/returned error: 5\d\d|HTTP 5\d\d/i]], "ServerError", "It is asked again later"],
  [
    [[/certificate|SSL|TLS/i]],
    "Unreachable",
    "Check the server's certificate, and http.sslCAInfo of git's configuration",
  ],
  [
    [[/not valid: is this a git repository|unexpected/i]],
    "ProtocolError",
    "Check that Url names a repository",
  ],
  [[[/timed out|Timeout/i]], "Timeout", "Check the network and firewalls"],
  [
    [[/is not a git command|remote helper|cannot exec/i]],
    "WorkerFailed",
    "Install all of git: its helper for http is missing",
  ],
];

/** A conversation by git's remote helper that ended badly, as a failure that says what to do. */
export function remoteHelperFailure(end: WireEnd, { url, credentials }: HelperTalk): OperatorError {
  const sign = SIGNS.find(([said]) => saysIn(end.words, said));
  const [, reason = "Unreachable", advice = "Check Url and the network"] = sign ?? [];
  const lines = end.words.split(/[\r\n]+/).map((line) => line.trim());
  const last = lines.filter((line) => line !== "").at(-1) ?? "";
  const said =
    last === "" ? `git ended with ${end.code}` : `git says ${quotedWords(last, credentials)}`;
  return gitFailure(reason, `${url.host} cannot be fetched from: ${said}. ${advice}.`);
}
