import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { readBody } from "./answer-body.ts";
import type { OfExchange } from "./answer-body.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import type { PassedDeadline } from "./deadline-watch.ts";
import { ExchangeBroken } from "./http-message.ts";
import type {
  Deadline,
  HttpAnswer,
  HttpBody,
  HttpRequest,
  IncomingAnswer,
  NoAnswer,
} from "./http-message.ts";

export interface HttpClientOptions {
  /** Scheme, host and port count. */
  readonly origin: URL;
  readonly clock: Clock;
  /** An idle connection is closed after this, ms. Absent: it is kept until the server closes it. */
  readonly idleConnectionMs?: number;
  /** Absent: as many as there are requests at a time. */
  readonly maxConnections?: number;
}

/** Requests to one server over connections of its own, kept from one request to the next. Follows no redirect. */
export interface HttpClient {
  /**
   * Sends a request and gives the answer to `read`, whatever its status. What the network and the server did is in what comes
   * back; rejects with the reason of `signal`, and with what `read` throws.
   */
  exchange<T>(
    request: HttpRequest,
    read: (answer: IncomingAnswer) => Promise<T>,
    signal: AbortSignal,
  ): Promise<HttpAnswer<T>>;
  /** Closes idle connections. Idempotent. */
  close(): void;
  /** Closes all connections; what is under way fails. Idempotent. */
  destroy(): void;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, idleConnectionMs, maxConnections } = options;
  const server = toServer(options.origin);
  const agent = new (server.secure ? https : http).Agent({
    keepAlive: true,
    ...(idleConnectionMs === undefined ? {} : { timeout: idleConnectionMs }),
    ...(maxConnections === undefined ? {} : { maxSockets: maxConnections }),
  });
  return {
    exchange: async (request, read, signal) => {
      signal.throwIfAborted();
      const outgoing = send(request, server, agent);
      const watch = new DeadlineWatch(request.deadlines, clock, signal);
      const again = () => send(request, server, agent);
      const exchange = new Exchange(outgoing, watch, request.isRepeatable === true ? again : null);
      try {
        const ended = await Promise.race([exchange.run(read), watch.passed]);
        signal.throwIfAborted();
        return ended.kind === "passed" ? exchange.timeout(ended) : ended;
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        watch.end();
        exchange.end();
      }
    },
    close: () => {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    },
    destroy: () => agent.destroy(),
  };
}

interface Server {
  readonly secure: boolean;
  readonly hostname: http.RequestOptions["hostname"];
  readonly port: http.RequestOptions["port"];
}

function toServer(origin: URL): Server {
  const { hostname, port } = urlToHttpOptions(origin);
  return { secure: origin.protocol === "https:", hostname, port };
}

/** One request and how it ends. */
class Exchange {
  readonly #watch: DeadlineWatch;
  readonly #again: (() => Outgoing) | null;
  #outgoing: Outgoing;
  #answered = false;

  /** `again` sends the same request once more; null: it may not be. */
  constructor(outgoing: Outgoing, watch: DeadlineWatch, again: (() => Outgoing) | null) {
    this.#outgoing = outgoing;
    this.#watch = watch;
    this.#again = again;
  }

  async run<T>(read: (answer: IncomingAnswer) => Promise<T>): Promise<HttpAnswer<T>> {
    try {
      const incoming = await this.#answer();
      this.#answered = true;
      this.#watch.answered();
      const { statusCode: status = 0, headers } = incoming;
      const value = await read({
        status,
        headers,
        read: (limits, take) => readBody(incoming, { limits, take }, this.#ofExchange),
      });
      return { kind: "answer", status, headers, value };
    } catch (error) {
      if (error instanceof ExchangeBroken) return error.failure;
      throw error;
    }
  }

  timeout({ deadline, ms }: PassedDeadline): NoAnswer {
    const message = `no ${WAITED_FOR[deadline]} within ${ms} ms`;
    return this.#noAnswer({ failure: "timeout", message, deadline });
  }

  get #ofExchange(): OfExchange {
    return {
      watch: this.#watch,
      // An answer that is not HTTP fails the request.
      broken: (error) => this.#broken(this.#outgoing.error ?? error),
      failed: (failure, message) => new ExchangeBroken(this.#noAnswer({ failure, message })),
    };
  }

  /** An exchange that went well has handed its connection back; any other one must not be used again. */
  end(): void {
    const { request } = this.#outgoing;
    if (!request.destroyed) request.destroy();
  }

  /** A kept connection that the server closed just now says nothing about the server. */
  async #answer(): Promise<http.IncomingMessage> {
    try {
      return await this.#outgoing.answer;
    } catch (error) {
      const isStale = this.#outgoing.request.reusedSocket && STALE.has(codeOf(error));
      if (!isStale || this.#again === null || this.#watch.hasEnded) throw this.#broken(error);
      this.#outgoing = this.#again();
    }
    return this.#outgoing.answer.catch((error: unknown) => {
      throw this.#broken(error);
    });
  }

  #broken(error: unknown): ExchangeBroken {
    const code = codeOf(error);
    const isReset = this.#outgoing.sent();
    const failure = code.startsWith("HPE_") ? "notHttp" : isReset ? "reset" : "connect";
    // When all of several addresses fail, Node gives one error with a code and no text.
    const message = messageOf(error) || code;
    return new ExchangeBroken(this.#noAnswer({ failure, code, message }));
  }

  #noAnswer(
    what: Pick<NoAnswer, "failure" | "message"> & Partial<Pick<NoAnswer, "code" | "deadline">>,
  ): NoAnswer {
    const answered = this.#answered;
    const sent = answered || this.#outgoing.sent();
    return { kind: "noAnswer", sent, answered, code: "", ...what };
  }
}

const WAITED_FOR: Readonly<Record<Deadline, string>> = {
  headers: "answer",
  idle: "byte",
  total: "complete answer",
};

const STALE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

/** A request on its way. */
interface Outgoing {
  readonly request: http.ClientRequest;
  /** Rejects with what the network layer threw before an answer came. */
  readonly answer: Promise<http.IncomingMessage>;
  /** Whether a connection stood, so that the server may have seen the request. */
  readonly sent: () => boolean;
  /** Its first error. */
  readonly error: Error | undefined;
}

function send(wanted: HttpRequest, server: Server, agent: http.Agent): Outgoing {
  const { secure, hostname, port } = server;
  const request = (secure ? https : http).request({
    hostname,
    port,
    method: wanted.method,
    path: wanted.path,
    agent: wanted.newConnection === true ? false : agent,
    headers: { ...wanted.headers, ...framing(wanted) },
  });
  let sent = false;
  let error: Error | undefined;
  request.once("socket", (socket) => {
    if (request.reusedSocket) sent = true;
    else socket.once(secure ? "secureConnect" : "connect", () => (sent = true));
  });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    const failUnanswered = () => reject(new Error("the connection closed without an answer"));
    request.on("error", (thrown) => {
      error ??= thrown;
      reject(thrown);
    });
    request.once("close", failUnanswered);
    request.once("response", (incoming) => {
      request.off("close", failUnanswered);
      resolve(incoming);
    });
  });
  writeBody(request, wanted.body);
  return {
    request,
    answer,
    sent: () => sent,
    get error() {
      return error;
    },
  };
}

function framing({ method, body, newConnection }: HttpRequest): Record<string, string> {
  const connection: Record<string, string> = newConnection === true ? { Connection: "close" } : {};
  if (body === undefined)
    return method === "POST" ? { ...connection, "Content-Length": "0" } : connection;
  return {
    ...connection,
    ...(body.contentType === undefined ? {} : { "Content-Type": body.contentType }),
    "Content-Length": String(body.length),
  };
}

/** A body up to this size goes out in one piece, together with the head. */
const ONE_PIECE_BYTES = 64 * 1024;

function writeBody(request: http.ClientRequest, body: HttpBody | undefined): void {
  if (body === undefined) request.end();
  else if (body.length <= ONE_PIECE_BYTES) request.end(Buffer.concat([...body.chunks()]));
  else Readable.from(body.chunks()).pipe(request);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
