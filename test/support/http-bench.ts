import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { expect } from "chai";
import { createHttpClient } from "../../agent/http/http-client.ts";
import type { HttpClient, HttpClientOptions } from "../../agent/http/http-client.ts";
import type { BodyLimits, HttpRequest, IncomingAnswer } from "../../agent/http/http-message.ts";
import { systemClock } from "../../agent/kernel/clock.ts";

const SECRET = "s3cret-token";
export const NEVER = new AbortController().signal;

/** A request whose every part would give the secret away. */
export const REQUEST: HttpRequest = {
  method: "GET",
  path: `/hooks/${SECRET}?t=${SECRET}`,
  headers: { Authorization: `Bearer ${SECRET}` },
  deadlines: { totalMs: 5_000 },
};

export interface Asked {
  readonly request?: Partial<HttpRequest>;
  readonly limits?: Partial<BodyLimits>;
  readonly signal?: AbortSignal;
}

/** Servers on 127.0.0.1 and clients of them. */
export class HttpBench {
  /** What the servers were connected to by, oldest first. */
  readonly sockets: Socket[] = [];
  readonly #servers: Server[] = [];
  readonly #clients: HttpClient[] = [];

  async listen(server: Server, scheme = "http"): Promise<URL> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => this.sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** A server that answers each request with `answer` and keeps the requests. */
  async serve(answer: RequestListener): Promise<{ origin: URL; seen: IncomingMessage[] }> {
    const seen: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    return { origin: await this.listen(server), seen };
  }

  connect(origin: URL, given: Partial<HttpClientOptions> = {}): HttpClient {
    const client = createHttpClient({ origin, clock: systemClock, ...given });
    this.#clients.push(client);
    return client;
  }

  /** How one exchange ended, in short; nothing that was sent is in it. */
  async ask(client: HttpClient, { request, limits, signal = NEVER }: Asked = {}): Promise<string> {
    const end = await client.exchange({ ...REQUEST, ...request }, whole(limits), signal);
    expect(JSON.stringify(end)).not.to.include(SECRET);
    if (end.kind === "answer") return `${end.status} ${end.value}`;
    const { failure, deadline, sent, answered } = end;
    const parts = [
      failure,
      deadline,
      sent ? "sent" : "not sent",
      answered ? "answered" : undefined,
    ];
    return parts.filter((part) => part !== undefined).join(", ");
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy();
    for (const socket of this.sockets.splice(0)) socket.destroy();
    const closing = this.#servers.splice(0).map((server) => {
      return new Promise((resolve) => server.close(resolve));
    });
    await Promise.all(closing);
  }
}

function whole(limits: Partial<BodyLimits> = {}) {
  return async (answer: IncomingAnswer): Promise<string> => {
    const pieces: Buffer[] = [];
    await answer.read({ maxBytes: 1_000, ...limits }, (piece) => {
      pieces.push(piece);
      return undefined;
    });
    return Buffer.concat(pieces).toString("latin1");
  };
}
