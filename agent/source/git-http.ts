import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { answeredAtMs } from "../kernel/answered-at.ts";
import { parseRetryAfter } from "../kernel/retry-after.ts";
import { gitFailure, limitExceeded, unreachable } from "./git-failure.ts";
import { shorten } from "./git-pkt-line.ts";

/** How to speak to the server; asked for anew at each use, kept in memory only. */
export type GitCredentials =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/** Longest waits in ms: to the answer's headers, between two pieces of its body, and in all. */
export interface GitDeadlines {
  readonly headersMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  /** Of the operation that a request is a part of, where that has begun earlier: what a failure names. */
  readonly operationMs?: number;
  /** What a failure says of each of them: which key sets it, and to what. */
  readonly notes?: { readonly headers: string; readonly idle: string; readonly total: string };
}

export interface GitRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly deadlines: GitDeadlines;
  /** A longer answer is refused: under the limit that is configured, or, without one, as no answer of git's protocol. */
  readonly limit: {
    readonly bytes: number;
    readonly configured?: { readonly name: string; readonly bytes: number };
  };
  /** The answer's content type must be exactly this. */
  readonly contentType: string;
  /** Given the body piece by piece as it comes in; what it throws ends the request. */
  readonly onBytes?: (bytes: Buffer) => void;
}

/** The server a source speaks to. Nothing is sent anywhere else. */
export interface GitHttpOptions {
  readonly url: string;
  readonly credentials: GitCredentials;
  readonly nowMs: () => number;
}

/** Connections of one source. `close` ends them; idempotent. */
export class GitHttp {
  readonly #base: URL;
  readonly #agent: HttpAgent;

  constructor(url: string) {
    this.#base = new URL(url);
    // No `timeout` here: the deadlines of each request are the only ones.
    const settings = { keepAlive: true, maxSockets: 4 };
    this.#agent =
      this.#base.protocol === "https:" ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /**
   * The whole body of a good answer (200, right content type). Everything else is a failure of its kind; rejects with the
   * reason of `signal` when that aborts. Redirects are refused, never followed.
   */
  async fetch(request: GitRequest, options: FetchOptions): Promise<Buffer> {
    const url = new URL(request.url);
    if (url.origin !== this.#base.origin) {
      throw gitFailure(
        "RedirectRefused",
        `A request to ${url.host} was refused: it is another server.`,
      );
    }
    const exchange = new Exchange(request.deadlines, options.signal);
    try {
      const response = await this.#sendTwice({ request, url, options, exchange });
      refuseStatus(response, url, options.nowMs());
      refuseContentType(response, request, url);
      return await exchange.body(response, request);
    } catch (error) {
      options.signal.throwIfAborted();
      if (exchange.failure !== null) throw exchange.failure;
      throw isFailure(error) ? error : unreachable(url, error);
    } finally {
      exchange.end();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A kept connection that the server closed just now says nothing about the server: once more on a new one. */
  async #sendTwice(sending: Sending): Promise<IncomingMessage> {
    const outgoing: { stale: boolean } = { stale: false };
    try {
      return await this.#send(sending, outgoing);
    } catch (error) {
      if (!outgoing.stale || sending.exchange.signal.aborted) throw error;
      return this.#send(sending, outgoing);
    }
  }

  #send(sending: Sending, state: { stale: boolean }): Promise<IncomingMessage> {
    const { request, url, options, exchange } = sending;
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(url, {
        agent: this.#agent,
        method: request.method,
        signal: exchange.signal,
        headers: {
          ...request.headers,
          "user-agent": "git/room-operator",
          ...authorization(options.credentials),
          ...(request.body === undefined ? {} : { "content-length": request.body.length }),
        },
      });
      outgoing.on("response", resolve);
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        state.stale = outgoing.reusedSocket && ["ECONNRESET", "EPIPE"].includes(error.code ?? "");
        reject(error);
      });
      outgoing.end(request.body);
    });
  }
}

export interface FetchOptions {
  readonly credentials: GitCredentials;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

interface Sending {
  readonly request: GitRequest;
  readonly url: URL;
  readonly options: FetchOptions;
  readonly exchange: Exchange;
}

/** The deadlines of one request: whichever passes first aborts it and is told as its failure. */
class Exchange {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #deadlines: GitDeadlines;
  readonly #total: NodeJS.Timeout;
  #step: NodeJS.Timeout;
  failure: Error | null = null;

  constructor(deadlines: GitDeadlines, outer: AbortSignal) {
    this.#deadlines = deadlines;
    this.#outer = outer;
    const { headersMs, totalMs, operationMs = totalMs, notes } = deadlines;
    this.#total = setTimeout(() => this.#fail(operationMs, "in all", notes?.total), totalMs);
    this.#step = setTimeout(() => this.#fail(headersMs, "to answer", notes?.headers), headersMs);
    outer.addEventListener("abort", this.#onAbort, { once: true });
    if (outer.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async body(response: IncomingMessage, { limit, onBytes }: GitRequest): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    this.#watchIdle();
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit.bytes) {
        throw tooLong(limit);
      }
      onBytes?.(chunk);
      chunks.push(chunk);
      this.#watchIdle();
    }
    if (!response.complete) {
      throw gitFailure("ProtocolError", "The connection ended in the middle of the answer.");
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  /** Ends the request if it still runs, and every timer. */
  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#step);
    this.#outer.removeEventListener("abort", this.#onAbort);
    this.#controller.abort();
  }

  #watchIdle(): void {
    clearTimeout(this.#step);
    const { idleMs, notes } = this.#deadlines;
    this.#step = setTimeout(() => this.#fail(idleMs, "without a byte", notes?.idle), idleMs);
  }

  #fail(ms: number, what: string, note?: string): void {
    const message = `The git server took more than ${ms} ms ${what}.`;
    this.failure = gitFailure("Timeout", note === undefined ? message : `${message} ${note}`);
    this.#controller.abort();
  }

  readonly #onAbort = (): void => this.#controller.abort();
}

/**
 * A token goes as the password of the user `oauth2`: GitLab asks for that name with OAuth tokens, and GitHub, GitLab and
 * Gitea look at the password alone with tokens of their own. A server that wants another name gets it by kind `basic`.
 */
function authorization(credentials: GitCredentials): Record<string, string> {
  if (credentials.kind === "none") return {};
  const pair = userAndPassword(credentials);
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** What travels in the header, before its Base64. */
export function userAndPassword(credentials: Exclude<GitCredentials, { kind: "none" }>): string {
  return credentials.kind === "token"
    ? `oauth2:${credentials.token}`
    : `${credentials.username}:${credentials.password}`;
}

function refuseStatus(response: IncomingMessage, url: URL, nowMs: number): void {
  const status = response.statusCode ?? 0;
  if (status === 200) return;
  const retryAfterMs = parseRetryAfter(
    response.headers["retry-after"],
    answeredAtMs(response.headers.date, nowMs),
  );
  const what = `${url.host} answered ${status} for ${url.pathname}`;
  if (status >= 300 && status < 400) {
    const to = shorten(response.headers.location ?? "nowhere");
    throw gitFailure(
      "RedirectRefused",
      `${what} (to ${withoutUser(to)}). Configure the final URL.`,
    );
  }
  if (status === 401 || status === 403) {
    throw gitFailure(
      "AuthenticationFailed",
      `${what}. Check the source's Auth, and that it may read the repository.`,
      { retryAfterMs },
    );
  }
  if (status === 404 || status === 410) {
    throw gitFailure("RepositoryNotFound", `${what}. Check the URL, and that Auth may see it.`);
  }
  if (status === 429) {
    throw gitFailure("RateLimited", `${what}. It is asked again later.`, { retryAfterMs });
  }
  if (status >= 500) {
    throw gitFailure("ServerError", `${what}. It is asked again later.`, { retryAfterMs });
  }
  throw gitFailure("ProtocolError", `${what}, which git's protocol does not know.`);
}

function refuseContentType(response: IncomingMessage, request: GitRequest, url: URL): void {
  const found = response.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "none";
  if (found === request.contentType) return;
  throw gitFailure(
    "ProtocolError",
    `${url.host} answered with content type ${shorten(found)} instead of ${request.contentType}. ` +
      "Check that the URL names a repository served by git's smart HTTP protocol.",
  );
}

function tooLong({ bytes, configured }: GitRequest["limit"]): Error {
  if (configured === undefined) {
    return gitFailure("ProtocolError", `The server's answer is longer than ${bytes} bytes.`);
  }
  const { name, bytes: value } = configured;
  return limitExceeded(name, value, "The server sends more bytes than allowed");
}

function withoutUser(text: string): string {
  return text.replace(/\/\/[^/@]*@/, "//");
}

function isFailure(error: unknown): boolean {
  return error instanceof Error && error.name === "OperatorError";
}
