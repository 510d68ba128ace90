import { createServer, request as ask } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";

/** What the proxy does with what it is asked. */
export type ForwardMode =
  | { readonly kind: "open" }
  /** Says nothing to CONNECT. */
  | { readonly kind: "hang" }
  | { readonly kind: "status"; readonly status: number }
  /** Closes in the middle of its answer to CONNECT. */
  | { readonly kind: "cut" }
  | { readonly kind: "notHttp" }
  /** Breaks off after so many bytes of an answer, or of what comes back through CONNECT. */
  | { readonly kind: "cutAfter"; readonly bytes: number }
  /** Closes what is open through it, and each new connection at once. */
  | { readonly kind: "reset" };

/** A forward proxy on a free port of 127.0.0.1, for CONNECT and for plain HTTP, with Basic authentication and faults. */
export class ForwardProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  mode: ForwardMode = { kind: "open" };
  /** `user:password` that each request must carry; null: none. */
  login: string | null = null;
  /** Where a host leads that is only known here: `host:port` by `host:port`. */
  readonly hosts = new Map<string, string>();
  /** What it was asked: `CONNECT host:port` or `GET http://…`. */
  readonly asked: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#keep(socket);
      if (this.mode.kind === "reset") socket.destroy();
    });
    this.#server.on("connect", (request, socket, head) => this.#open(request, { socket, head }));
  }

  static async start(): Promise<ForwardProxy> {
    const proxy = new ForwardProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Connections that are open, to it and through it. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** What is open through it breaks, too. */
  break(mode: ForwardMode): void {
    this.mode = mode;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.mode = { kind: "open" };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #refusal(request: IncomingMessage): number | null {
    if (this.mode.kind === "status") return this.mode.status;
    if (this.login === null) return null;
    const wanted = `Basic ${Buffer.from(this.login).toString("base64")}`;
    return request.headers["proxy-authorization"] === wanted ? null : 407;
  }

  #open(request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): void {
    const target = request.url ?? "";
    this.asked.push(`CONNECT ${target}`);
    const refusal = this.#refusal(request);
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal} no\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    switch (this.mode.kind) {
      case "hang":
        socket.on("end", () => socket.destroy()).resume();
        return;
      case "cut":
        socket.write("HTTP/1.1 200 Connection est", () => socket.destroy());
        return;
      case "notHttp":
        socket.end("SSH-2.0-OpenSSH_9.2\r\n");
        return;
      case "open":
      case "status":
      case "cutAfter":
      case "reset": {
        const to = new URL(`http://${this.hosts.get(target) ?? target}`);
        const server = connect(Number(to.port || 80), to.hostname, () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          server.write(head);
          this.#pass(server, socket);
          socket.pipe(server);
        });
        this.#keep(server);
        server.on("close", () => socket.destroy());
        socket.on("close", () => server.destroy());
      }
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`);
    const refusal = this.#refusal(request);
    if (refusal !== null) {
      request.resume();
      response.writeHead(refusal, { "content-type": "text/html" }).end("<title>no</title>");
      return;
    }
    if (this.mode.kind !== "open" && this.mode.kind !== "cutAfter") {
      if (this.mode.kind !== "hang") request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? "");
    const at = this.hosts.get(url.host) ?? url.host;
    const { "proxy-authorization": _login, ...headers } = request.headers;
    const path = (request.url ?? "").replace(/^http:\/\/[^/]*/, "");
    const inner = ask(`http://${at}`, { path, method: request.method, headers, agent: false });
    inner.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.on("error", () => response.destroy());
      this.#pass(answer, response);
    });
    inner.on("error", () => response.destroy());
    response.on("close", () => inner.destroy());
    request.pipe(inner);
  }
  /** Passes on what comes back, all of it unless it is to be cut. */
  #pass(from: Readable, to: Duplex | ServerResponse): void {
    const { mode } = this;
    from.pipe(to);
    if (mode.kind !== "cutAfter") return;
    let left = mode.bytes;
    from.on("data", (bytes: Buffer) => {
      left -= bytes.length;
      if (left < 0) to.destroy();
    });
  }
}
