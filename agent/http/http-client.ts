import type * as http from "node:http";
import { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";
import type { Clock } from "../kernel/clock.ts";
import { codeOf, networkText } from "./network-text.ts";
import { readBody } from "./answer-body.ts";
import type { OfExchange } from "./answer-body.ts";
import { Alarm } from "./alarm.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import type { PassedDeadline } from "./deadline-watch.ts";
import { hostAndPort, proxyAuthorization } from "./http-access.ts";
import type { ProxyAccess } from "./http-access.ts";
import { HttpAgents } from "./http-agents.ts";
import { nodeHttp, nodeHttps } from "./node-http.ts";
import { ProxyBroken } from "./proxy-tunnel.ts";
import type { TunnelOptions } from "./tunnel-agent.ts";
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
  const alarm = new Alarm(clock);
  const agents = new HttpAgents({
    secure: server.secure,
    keepAlive: {
      keepAlive: true,
      ...(idleConnectionMs === undefined ? {} : { timeout: idleConnectionMs }),
      ...(maxConnections === undefined ? {} : { maxSockets: maxConnections }),
    },
  });
  return {
    exchange: async (request, read, signal) => {
      signal.throwIfAborted();
      const outgoing = send(request, server, agents);
      const watch = new DeadlineWatch(request.deadlines, alarm, signal);
      const again = request.isRepeatable === true ? () => send(request, server, agents) : null;
      const exchange = new Exchange(outgoing, watch, again);
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
    close: () => agents.closeIdle(),
    destroy: () => agents.destroy(),
  };
}

interface Server {
  readonly secure: boolean;
  /** As a `Host` header names it. */
  readonly host: string;
  readonly hostname: http.RequestOptions["hostname"];
  readonly port: http.RequestOptions["port"];
}

function toServer(origin: URL): Server {
  const { hostname, port } = urlToHttpOptions(origin);
  return { secure: origin.protocol === "https:", host: origin.host, hostname, port };
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
    const { proxy } = this.#outgoing;
    const from = proxy === null ? "" : ` from the proxy at ${proxy}`;
    const message = `no ${WAITED_FOR[deadline]}${from} within ${ms} ms`;
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
    this.#outgoing.end();
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
    const isNotHttp = code.startsWith("HPE_") && !(error instanceof ProxyBroken);
    const failure = isNotHttp ? "notHttp" : this.#outgoing.sent() ? "reset" : "connect";
    return new ExchangeBroken(this.#noAnswer({ failure, code, message: networkText(error) }));
  }

  #noAnswer(
    what: Pick<NoAnswer, "failure" | "message"> & Partial<Pick<NoAnswer, "code" | "deadline">>,
  ): NoAnswer {
    const answered = this.#answered;
    const { proxy } = this.#outgoing;
    const sent = answered || this.#outgoing.sent();
    const at = proxy === null ? {} : { proxy };
    return { kind: "noAnswer", sent, answered, code: "", ...at, ...what };
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
  /** `host:port` of the proxy, until the way through it stands; else null. */
  readonly proxy: string | null;
  /** Idempotent. */
  readonly end: () => void;
}

function send(wanted: HttpRequest, server: Server, agents: HttpAgents): Outgoing {
  const { access } = wanted;
  const tunnel = server.secure && access?.proxy !== undefined ? new AbortController() : null;
  const request = (server.secure ? nodeHttps() : nodeHttp).request({
    ...addressOf(wanted, server),
    method: wanted.method,
    agent: wanted.newConnection === true ? agents.single(access) : agents.kept(access),
    headers: headersOf(wanted, server),
    ...((tunnel && { tunnelSignal: tunnel.signal }) satisfies TunnelOptions | null),
  });
  let sent = false;
  let error: Error | undefined;
  request.once("socket", (socket) => {
    if (request.reusedSocket) sent = true;
    else socket.once(server.secure ? "secureConnect" : "connect", () => (sent = true));
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
    get proxy() {
      if (access?.proxy === undefined) return null;
      const stands = server.secure ? request.socket !== null : sent;
      return stands ? null : hostAndPort(access.proxy);
    },
    end: () => {
      tunnel?.abort();
      if (!request.destroyed) request.destroy();
    },
  };
}

/** A server without TLS is asked through a proxy by its full address, and without a tunnel. */
function addressOf({ access, path }: HttpRequest, server: Server): http.RequestOptions {
  const proxy = plainProxyOf(access?.proxy, server);
  if (proxy === null) return { hostname: server.hostname, port: server.port, path };
  return { hostname: proxy.host, port: proxy.port, path: `http://${server.host}${path}` };
}

function headersOf(wanted: HttpRequest, server: Server): Record<string, string> {
  const proxy = plainProxyOf(wanted.access?.proxy, server);
  const forProxy = proxy === null ? {} : { Host: server.host, ...proxyAuthorization(proxy) };
  return { ...wanted.headers, ...forProxy, ...framing(wanted) };
}

function plainProxyOf(proxy: ProxyAccess | undefined, { secure }: Server): ProxyAccess | null {
  return secure || proxy === undefined ? null : proxy;
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
