import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { beginningOf, decodedBody } from "./git-answer-body.ts";
import { authorization } from "./git-credentials.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { gitFailure } from "./git-failure.ts";
import { refusedAnswer } from "./git-refused-answer.ts";
import { brokeOff, unreachable } from "./git-unreachable.ts";

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
  /** A longer answer, inflated where it was compressed, is refused with `exceeded`. */
  readonly limit: { readonly bytes: number; readonly exceeded: () => Error };
  /** The answer's content type must be exactly this. */
  readonly contentType: string;
  /** What the answer brings, for a message: "the pack". */
  readonly brings: string;
  /** Given the body piece by piece as it comes in; what it throws ends the request. */
  readonly onBytes: (bytes: Buffer) => void;
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
   * Resolves when all of a good answer (200, right content type) was given to `onBytes`, with its length. Everything else is a
   * failure of its kind; rejects with the reason of `signal` when that aborts. Redirects are refused, never followed.
   */
  async fetch(request: GitRequest, options: FetchOptions): Promise<number> {
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
      exchange.answered();
      if (!isGood(response, request)) throw await refusal(response, { request, url, options });
      return await exchange.body(response, { request, url });
    } catch (error) {
      options.signal.throwIfAborted();
      if (exchange.failure !== null) throw exchange.failure;
      throw isFailure(error) || exchange.isReaders(error) ? error : unreachable(url, error);
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
          // A cache in between may keep what is answered to a GET, and would show an old head.
          ...(request.method === "GET" ? { pragma: "no-cache", "cache-control": "no-cache" } : {}),
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

interface Asked {
  readonly request: GitRequest;
  readonly url: URL;
  readonly options: FetchOptions;
}

interface Sending extends Asked {
  readonly exchange: Exchange;
}

/** The deadlines of one request: whichever passes first aborts it and is reported as its failure. */
class Exchange {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #deadlines: GitDeadlines;
  readonly #total: NodeJS.Timeout;
  #step: NodeJS.Timeout;
  failure: Error | null = null;
  #thrown: { readonly error: unknown } | null = null;

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

  /** The headers have come. */
  answered(): void {
    clearTimeout(this.#step);
  }

  /** Gives the body of a good answer to `onBytes`. Resolves with its length. */
  async body(response: IncomingMessage, asked: Omit<Asked, "options">): Promise<number> {
    const { limit, onBytes, brings } = asked.request;
    let bytes = 0;
    this.#watchIdle();
    const pieces = decodedBody(response, limit);
    try {
      for (;;) {
        const next = await pieces.next().catch((error: unknown) => {
          throw isFailure(error) ? error : brokeOff(asked.url, { brings, bytes, cause: error });
        });
        if (next.done === true) break;
        bytes += next.value.length;
        if (bytes > limit.bytes) throw limit.exceeded();
        this.#give(next.value, onBytes);
        this.#watchIdle();
      }
    } finally {
      await pieces.return(undefined);
    }
    if (!response.complete) throw brokeOff(asked.url, { brings, bytes, cause: undefined });
    return bytes;
  }

  /** True for what `onBytes` threw: a full disk says nothing about the server. */
  isReaders(error: unknown): boolean {
    return this.#thrown !== null && this.#thrown.error === error;
  }

  #give(bytes: Buffer, onBytes: GitRequest["onBytes"]): void {
    try {
      onBytes(bytes);
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
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

function isGood(response: IncomingMessage, request: GitRequest): boolean {
  return response.statusCode === 200 && mediaTypeOf(response) === request.contentType;
}

function mediaTypeOf(response: IncomingMessage): string {
  return response.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
}

async function refusal(response: IncomingMessage, asked: Asked): Promise<Error> {
  const { request, url, options } = asked;
  const text = await beginningOf(response);
  return refusedAnswer({
    url,
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    contentType: request.contentType,
    credentials: options.credentials,
    nowMs: options.nowMs(),
  });
}

function isFailure(error: unknown): boolean {
  return error instanceof Error && error.name === "OperatorError";
}
