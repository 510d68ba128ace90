import { readFileSync } from "node:fs";
import { request as ask } from "node:http";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Authority, Certificate } from "./certificates.ts";

/** TLS in front of an HTTP server: asks each client for a certificate of its authority. */
export class TlsFront {
  readonly #server: Server;
  readonly authority: Authority;
  /** A certificate that it accepts. */
  readonly client: Certificate;

  private constructor(to: string, authority: Authority) {
    this.authority = authority;
    this.client = authority.issue("client", "DNS:client", 1);
    const own = authority.issue("front", "IP:127.0.0.1", 1);
    const ca = readFileSync(authority.file, "utf8");
    this.#server = createServer({ ...own, ca, requestCert: true }, (request, response) => {
      const inner = ask(`${to}${request.url ?? "/"}`, {
        method: request.method,
        headers: request.headers,
        agent: false,
      });
      inner.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.on("error", () => response.destroy()).pipe(response);
      });
      inner.on("error", () => response.destroy());
      response.on("close", () => inner.destroy());
      request.pipe(inner);
    });
  }

  static async start(to: string, authority: Authority): Promise<TlsFront> {
    const front = new TlsFront(to, authority);
    await new Promise<void>((resolve) => front.#server.listen(0, "127.0.0.1", resolve));
    return front;
  }

  get origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
