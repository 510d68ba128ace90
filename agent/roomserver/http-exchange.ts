import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { MAX_BYTES_IN_FLIGHT, MAX_ERROR_BYTES } from "./answer-limits.ts";

/** One HTTP request to a fixed server. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** The path as it goes on the wire; nothing normalises it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** From the start of the request to the last byte of the answer, ms. */
  readonly timeoutMs: number;
  /** True: a connection of its own, closed afterwards. */
  readonly newConnection: boolean;
}

export interface HttpBody {
  readonly contentType: string;
  /** Bytes in all chunks together. */
  readonly length: number;
  chunks(): Iterable<Uint8Array>;
}

export type HttpAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: Uint8Array;
    }
  | NoAnswer;

export interface NoAnswer {
  readonly kind: "noAnswer";
  readonly failure: TransportFailure;
  /** True if the request may have reached the server. */
  readonly sent: boolean;
  readonly message: string;
}

/**
 * `connect`: no connection came about. `reset`: it broke. `notHttp`: what came back is no HTTP. `crowded`: too many bytes of
 * other answers were being received.
 */
export type TransportFailure = "connect" | "reset" | "timeout" | "tooLarge" | "notHttp" | "crowded";

export interface HttpExchange {
  /** Rejects only with the signal's reason. Follows no redirect. */
  (request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

export interface HttpClient {
  readonly exchange: HttpExchange;
  /** Closes idle connections. Idempotent. */
  close(): void;
}

/** Idle connections are dropped before a server with a usual keep-alive of 5 s does it in the middle of our next call. */
const IDLE_MS = 4000;

/** A longer answer is not read to its end. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** One reason for all: making an error for each call that ends well costs more than the rest of the call's end. */
const ENDED = new Error("the exchange has ended");

export function createHttpClient(origin: URL, clock: Clock): HttpClient {
  const secure = origin.protocol === "https:";
  const { request } = secure ? https : http;
  const { hostname, port } = urlToHttpOptions(origin);
  const agent = new (secure ? https : http).Agent({ keepAlive: true, timeout: IDLE_MS });
  const budget = new ByteBudget(MAX_BYTES_IN_FLIGHT);

  const exchange: HttpExchange = async (wanted, signal) => {
    signal.throwIfAborted();
    const outgoing = request({
      hostname,
      port,
      method: wanted.method,
      path: wanted.path,
      agent: wanted.newConnection ? false : agent,
      headers: { ...wanted.headers, ...framing(wanted) },
    });
    const wasSent = watchSent(outgoing, secure);
    const ended = new AbortController();
    const abort = () => outgoing.destroy();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const answer = readAnswer(outgoing, wasSent, budget);
      writeBody(outgoing, wanted.body);
      const first = await Promise.race([
        answer,
        expiry(wanted.timeoutMs, { clock, signal: ended.signal, wasSent }),
      ]);
      signal.throwIfAborted();
      return first;
    } finally {
      ended.abort(ENDED);
      signal.removeEventListener("abort", abort);
      // A finished exchange has handed its connection back; any other one must not be used again.
      if (!outgoing.destroyed) outgoing.destroy();
    }
  };

  const close = (): void => {
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  };
  return { exchange, close };
}

function framing({ method, body, newConnection }: HttpRequest): Record<string, string> {
  const connection: Record<string, string> = newConnection ? { Connection: "close" } : {};
  if (body === undefined)
    return method === "POST" ? { ...connection, "Content-Length": "0" } : connection;
  return {
    ...connection,
    "Content-Type": body.contentType,
    "Content-Length": String(body.length),
  };
}

/** Tells whether a connection stood, so that the server may have seen the request. */
function watchSent(outgoing: http.ClientRequest, secure: boolean): () => boolean {
  let sent = false;
  outgoing.once("socket", (socket) => {
    if (outgoing.reusedSocket) sent = true;
    else socket.once(secure ? "secureConnect" : "connect", () => (sent = true));
  });
  return () => sent;
}

/** Never rejects. */
function readAnswer(
  outgoing: http.ClientRequest,
  wasSent: () => boolean,
  budget: ByteBudget,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const fail = (error: unknown) => resolve(toNoAnswer(error, wasSent()));
    const failUnanswered = () => fail(new Error("the connection closed without an answer"));
    outgoing.on("error", fail);
    outgoing.once("close", failUnanswered);
    outgoing.once("response", (incoming) => {
      outgoing.off("close", failUnanswered);
      collect(incoming, budget).then(resolve, fail);
    });
  });
}

/** Of an answer that is no success only the beginning is read. */
function collect(incoming: http.IncomingMessage, budget: ByteBudget): Promise<HttpAnswer> {
  const status = incoming.statusCode ?? 0;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && Number(incoming.headers["content-length"] ?? 0) > MAX_ANSWER_BYTES)
    return Promise.resolve(TOO_LARGE);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = () => {
      const body = Buffer.concat(chunks);
      resolve({ kind: "answer", status, headers: incoming.headers, body });
    };
    incoming.on("data", (chunk: Buffer) => {
      if (length > MAX_ANSWER_BYTES) return;
      length += chunk.byteLength;
      if (length > MAX_ANSWER_BYTES) resolve(TOO_LARGE);
      else if (!budget.take(chunk.byteLength)) resolve(CROWDED);
      else {
        chunks.push(chunk);
        if (!isSuccess && length > MAX_ERROR_BYTES) end();
      }
    });
    incoming.once("error", reject);
    // Also after an error, and of an answer that was cut: whichever came first counts.
    incoming.once("close", () => {
      budget.give(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
      reject(new Error("the connection closed within the answer"));
    });
    incoming.once("end", end);
  });
}

/** How many bytes may still be received. */
class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

const CROWDED: NoAnswer = {
  kind: "noAnswer",
  failure: "crowded",
  sent: true,
  message: `the answers to other calls take all of the ${MAX_BYTES_IN_FLIGHT} bytes that are received at the same time`,
};

const TOO_LARGE: NoAnswer = {
  kind: "noAnswer",
  failure: "tooLarge",
  sent: true,
  message: `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
};

/** A body up to this size goes out in one piece, together with the head. */
const ONE_PIECE_BYTES = 64 * 1024;

function writeBody(outgoing: http.ClientRequest, body: HttpBody | undefined): void {
  if (body === undefined) outgoing.end();
  else if (body.length <= ONE_PIECE_BYTES) outgoing.end(Buffer.concat([...body.chunks()]));
  else Readable.from(body.chunks()).pipe(outgoing);
}

async function expiry(
  timeoutMs: number,
  wait: { readonly clock: Clock; readonly signal: AbortSignal; readonly wasSent: () => boolean },
): Promise<NoAnswer> {
  await wait.clock.sleep(timeoutMs, wait.signal).catch(() => undefined);
  return {
    kind: "noAnswer",
    failure: "timeout",
    sent: wait.wasSent(),
    message: `no complete answer within ${timeoutMs} ms`,
  };
}

function toNoAnswer(error: unknown, sent: boolean): NoAnswer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const failure = code.startsWith("HPE_") ? "notHttp" : sent ? "reset" : "connect";
  // Several addresses tried in vain come as one error with a code and no text.
  return { kind: "noAnswer", failure, sent, message: messageOf(error) || code };
}
