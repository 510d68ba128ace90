import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Server as TlsServer } from "node:tls";
import type { Certificate } from "./certificates.ts";

/** What becomes of connections. */
export type ProxyMode =
  /** They reach the server. */
  | { readonly kind: "open" }
  /** Nobody listens. */
  | { readonly kind: "refuse" }
  /** They are taken and cut at once. */
  | { readonly kind: "reset" }
  /** They are taken, and nothing ever comes back. */
  | { readonly kind: "silence" }
  /** What comes back stops after so many bytes of a connection. */
  | { readonly kind: "stallAfter"; readonly bytes: number }
  /** What comes back comes byte by byte, one each so many ms. */
  | { readonly kind: "drip"; readonly everyMs: number };

/** The first line of a request that passed, and when. */
export interface PassedRequest {
  readonly atMs: number;
  readonly line: string;
  /** Its `X-Correlation-Id`; null without one. */
  readonly correlationId: string | null;
}

/**
 * A TCP proxy on a port of its own that it keeps, in front of one server. A new mode cuts the connections there are. With a
 * certificate it speaks TLS to the caller, and not to the server.
 */
export class FaultProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | TlsServer | null = null;
  #certificate: Certificate | null;
  #mode: ProxyMode = { kind: "open" };
  #port = 0;
  /** Requests that reached the server. */
  readonly requests: PassedRequest[] = [];
  /** When each connection came, wall ms; those that nobody took are not known. */
  readonly connections: number[] = [];

  private constructor(target: string, certificate: Certificate | null) {
    this.#certificate = certificate;
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
  }

  /** `target`: the origin of the server. */
  static async start(target: string, certificate: Certificate | null = null): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, certificate);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get origin(): string {
    return `${this.#certificate === null ? "http" : "https"}://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    this.#cut();
    if (mode.kind === "refuse") await this.#close();
    else if (this.#server === null) await this.#listen();
  }

  /** Shows another certificate from now on. */
  present(certificate: Certificate): void {
    this.#certificate = certificate;
    if (this.#server !== null && "setSecureContext" in this.#server) {
      this.#server.setSecureContext(certificate);
    }
    this.#cut();
  }

  heal(): Promise<void> {
    return this.set({ kind: "open" });
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#cut();
    await this.#close();
  }

  async #listen(): Promise<void> {
    const take = (socket: Socket) => this.#take(socket);
    const server =
      this.#certificate === null ? createServer(take) : createTlsServer(this.#certificate, take);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      this.#cut();
    });
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: Socket): void {
    this.connections.push(Date.now());
    this.#hold(socket);
    const mode = this.#mode;
    if (mode.kind === "reset" || mode.kind === "refuse") {
      socket.resetAndDestroy();
      return;
    }
    if (mode.kind === "silence") {
      socket.resume();
      return;
    }
    const server = connect(this.#target);
    this.#hold(server);
    socket.on("data", (chunk: Buffer) => this.#note(chunk));
    socket.pipe(server);
    server.on("close", () => socket.destroy());
    socket.on("close", () => server.destroy());
    answer(server, socket, mode);
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // Whoever hangs up does so on purpose here.
    socket.on("error", () => undefined);
  }

  #note(chunk: Buffer): void {
    const head = chunk.toString("latin1");
    const [line] = /^[A-Z]+ \S+ HTTP\/1\.1/.exec(head) ?? [];
    if (line === undefined) return;
    const [, correlationId = null] = /\r\nx-correlation-id: ([^\r]+)/i.exec(head) ?? [];
    this.requests.push({ atMs: Date.now(), line, correlationId });
  }
}

function answer(server: Socket, socket: Socket, mode: ProxyMode): void {
  switch (mode.kind) {
    case "stallAfter": {
      let left = mode.bytes;
      server.on("data", (chunk: Buffer) => {
        if (left > 0) socket.write(chunk.subarray(0, left));
        left -= chunk.length;
      });
      return;
    }
    case "drip": {
      const waiting: Buffer[] = [];
      server.on("data", (chunk: Buffer) => waiting.push(chunk));
      const timer = setInterval(() => {
        const [first] = waiting;
        if (first === undefined) return;
        socket.write(first.subarray(0, 1));
        if (first.length === 1) waiting.shift();
        else waiting[0] = first.subarray(1);
      }, mode.everyMs);
      socket.on("close", () => clearInterval(timer));
      return;
    }
    case "open":
    case "refuse":
    case "reset":
    case "silence":
      server.pipe(socket);
  }
}
