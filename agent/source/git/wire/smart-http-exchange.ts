import { beginningOf } from "../../../http/answer-body.ts";
import { createHttpClient } from "../../../http/http-client.ts";
import type { HttpClient } from "../../../http/http-client.ts";
import type { HttpRequest, IncomingAnswer, NoAnswer } from "../../../http/http-message.ts";
import { systemClock } from "../../../kernel/clock.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import { authorization } from "./git-credentials.ts";
import { gitFailure } from "../../git-failure.ts";
import { timeoutFailure } from "./git-timeout.ts";
import { refusedAnswer } from "./git-refused-answer.ts";
import type { TransportCall } from "./git-transport.ts";
import { brokeOff, unreachable } from "./git-unreachable.ts";

export interface SmartHttpRequest {
  readonly method: "GET" | "POST";
  /** Behind the address of the repository. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** A longer answer, inflated where it was compressed, is refused with `exceeded`. */
  readonly limit: { readonly bytes: number; readonly exceeded: () => Error };
  /** The answer's content type must be exactly this. */
  readonly contentType: string;
  /** What the answer brings, for a message: "the pack". */
  readonly brings: string;
  /** Given the body piece by piece as it comes in; what it throws ends the request. */
  readonly onBytes: (bytes: Buffer) => void;
}

/** How much is read of an answer that is not git's: enough for a sentence or a page's title. The status alone says enough. */
const BEGINNING = { bytes: 16_384, ms: 1_000, inflate: true };

/** Connections to one repository. `close` ends them; idempotent. */
export class SmartHttpExchange {
  readonly #url: string;
  readonly #client: HttpClient;

  constructor(url: string) {
    this.#url = url;
    this.#client = createHttpClient({
      origin: new URL(url),
      clock: systemClock,
      maxConnections: 4,
    });
  }

  /**
   * Resolves when all of a good answer (200, right content type) was given to `onBytes`. Everything else is a failure of its
   * kind; rejects with the reason of the signal when that aborts. Redirects are refused, never followed.
   */
  async send(request: SmartHttpRequest, call: TransportCall): Promise<void> {
    const url = new URL(this.#url + request.path);
    let bytes = 0;
    /** Null once a good answer was read; else how another one begins. */
    const read = async (answer: IncomingAnswer): Promise<string | null> => {
      if (!isGood(answer, request)) return beginningOf(answer, BEGINNING);
      const maxBytes = request.limit.bytes;
      const { idleMs } = call.deadlines;
      await answer.read({ maxBytes, idleMs, inflate: true }, (piece) => {
        bytes += piece.length;
        request.onBytes(piece);
        return undefined;
      });
      return null;
    };
    const answer = await this.#client.exchange(toHttp(url, request, call), read, call.signal);
    if (answer.kind === "noAnswer") {
      if (answer.failure === "tooLarge") throw request.limit.exceeded();
      throw failureOf(answer, { url, brings: request.brings, bytes, call });
    }
    const { status, headers, value: text } = answer;
    if (text === null) return;
    const { credentials, nowMs } = call;
    const { contentType } = request;
    throw refusedAnswer({ url, status, headers, text, contentType, credentials, nowMs: nowMs() });
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Nothing that is asked of git changes the server, so each request may be sent again. */
function toHttp(url: URL, request: SmartHttpRequest, call: TransportCall): HttpRequest {
  const { method, headers, body } = request;
  const { headersMs, totalMs } = call.deadlines;
  const { access } = call.credentials;
  return {
    method,
    path: url.pathname + url.search,
    headers: {
      // A cache in between may keep what is answered to a GET, and would show an old head.
      ...(method === "GET" ? { pragma: "no-cache", "cache-control": "no-cache" } : {}),
      ...headers,
      "user-agent": "git/room-operator",
      ...authorization(call.credentials),
    },
    ...(body === undefined ? {} : { body: { length: body.length, chunks: () => [body] } }),
    deadlines: { headersMs, totalMs },
    ...(access === undefined ? {} : { access }),
    isRepeatable: true,
  };
}

function isGood({ status, headers }: IncomingAnswer, { contentType }: SmartHttpRequest): boolean {
  return (
    status === 200 && headers["content-type"]?.split(";")[0]?.trim().toLowerCase() === contentType
  );
}

interface Asked {
  readonly url: URL;
  readonly brings: string;
  /** Of the body, so far. */
  readonly bytes: number;
  readonly call: TransportCall;
}

function failureOf(failure: NoAnswer, { url, brings, bytes, call }: Asked): OperatorError {
  if (failure.failure === "timeout") {
    const { deadline = "total", proxy } = failure;
    const who = proxy === undefined ? "The git server" : `The proxy at ${proxy}`;
    return timeoutFailure(who, deadline, call.deadlines);
  }
  if (failure.failure === "encoding") return gitFailure("ProtocolError", failure.message);
  return failure.answered
    ? brokeOff(url, { brings, bytes })
    : unreachable(url, failure, call.credentials.access?.proxy);
}
