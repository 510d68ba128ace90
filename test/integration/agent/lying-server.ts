import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

type State = Record<string, unknown> & {
  readonly entities: readonly Readonly<Record<string, unknown>>[];
  readonly artifacts: readonly Readonly<Record<string, unknown>>[];
};

/** Stands before a RoomServer: passes calls on, says of rooms what a test wants it to say, and watches. */
export class LyingServer {
  readonly #server: Server;
  /** What becomes of each state answer. */
  lie: (state: State) => unknown = (state) => state;
  /** What is answered to a call in the place of the RoomServer, which does not see it; null: nothing. `cut` ends the connection. */
  instead: (method: string) => { readonly status: number; readonly body: object } | "cut" | null =
    () => null;
  /** Room ids of the state reads, oldest first. */
  readonly reads: string[] = [];
  /** The number of the connection that each of them came over, counted from 1. */
  readonly connections: number[] = [];
  /** The most rooms that calls were under way for at the same time. */
  mostRooms = 0;
  readonly #underWay = new Map<string, number>();

  readonly #numbers = new Map<Socket, number>();

  private constructor(target: string) {
    this.#server = createServer((request, response) => {
      this.#pass(target, request, response).catch(() => response.destroy());
    });
    this.#server.on("connection", (socket) => this.#numbers.set(socket, this.#numbers.size + 1));
  }

  static async start(target: string): Promise<LyingServer> {
    const server = new LyingServer(target);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "/";
    const room = /^\/room\/([^/]+)/.exec(url)?.[1] ?? "";
    this.#begin(room);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const instead = this.instead(request.method ?? "GET");
      if (instead === "cut") return void response.destroy();
      if (instead !== null) {
        const type = { "content-type": "application/json" };
        return void response.writeHead(instead.status, type).end(JSON.stringify(instead.body));
      }
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(target + url, {
        method: request.method ?? "GET",
        headers: Object.entries(headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      const text = await answer.text();
      const isState = url.endsWith("/state");
      if (isState) {
        this.reads.push(room);
        this.connections.push(this.#numbers.get(request.socket) ?? 0);
      }
      const body = isState ? JSON.stringify(this.lie(JSON.parse(text) as State)) : text;
      const contentType = answer.headers.get("content-type") ?? "text/plain";
      response.writeHead(answer.status, { "content-type": contentType }).end(body);
    } finally {
      this.#end(room);
    }
  }

  #begin(room: string): void {
    this.#underWay.set(room, (this.#underWay.get(room) ?? 0) + 1);
    this.mostRooms = Math.max(this.mostRooms, this.#underWay.size);
  }

  #end(room: string): void {
    const left = (this.#underWay.get(room) ?? 1) - 1;
    if (left === 0) this.#underWay.delete(room);
    else this.#underWay.set(room, left);
  }
}
