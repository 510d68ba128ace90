import type { Octokit } from "@octokit/rest";
import { keptPromise } from "../../kernel/kept-promise.ts";
import type { LibraryExchange } from "../library-exchange.ts";

/** The last version whose answers have `merge_commit_sha` of pull requests, without which no merge is known by its commit. */
const API_VERSION = "2022-11-28";

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * GitHub's library over our own exchange. It is loaded when it is first needed: an agent without a repository on GitHub does not pay
 * for it. Nothing in it retries.
 */
export function openOctokit(apiUrl: string, exchange: LibraryExchange): () => Promise<Octokit> {
  const open = async () => {
    const { Octokit } = await import("@octokit/rest");
    const octokit = new Octokit({
      baseUrl: apiUrl,
      userAgent: "room-operator",
      log: SILENT,
      // Our exchange has read the JSON already.
      request: { fetch: toFetch(exchange), parseSuccessResponseBody: false },
    });
    octokit.hook.before("request", (request) => {
      request.headers["x-github-api-version"] = API_VERSION;
    });
    return octokit;
  };
  return keptPromise(open);
}

interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** What the library reads of a response. */
function toFetch(exchange: LibraryExchange) {
  return async (url: string, { method, headers, body, signal }: FetchInit) => {
    const answer = await exchange.send(
      { method, url: new URL(url), headers, body: typeof body === "string" ? body : null },
      signal,
    );
    return {
      url,
      status: answer.status,
      headers: Object.entries(answer.headers),
      body: answer.value,
    };
  };
}
