import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerTo } from "./gitea-setup-routes.ts";
import type { Answer } from "./gitea-setup-routes.ts";
import { emptyState } from "./gitea-setup-state.ts";
import type { GiteaState } from "./gitea-setup-state.ts";

/**
 * A Gitea that knows the calls by which one is set up, with everything in memory. Each body is a recorded one of Gitea 1.26.3 with
 * the values of this one in it.
 */
export class GiteaSetup {
  readonly state: GiteaState;
  /** Every request that came in, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** Called with the number of a request, from 1, before and after its work; `drop` closes the connection without an answer. */
  mishap: (at: { readonly count: number; readonly isDone: boolean }) => "drop" | Answer | null =
    () => null;
  readonly #server: Server;

  private constructor(password: string) {
    this.state = emptyState(password);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(418).end(String(error));
      });
    });
  }

  static async start(password: string): Promise<GiteaSetup> {
    const gitea = new GiteaSetup(password);
    await new Promise<void>((resolve) => gitea.#server.listen(0, "127.0.0.1", resolve));
    return gitea;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await request.toArray()).map(String).join("");
    const asked = `${request.method} ${request.url}`;
    this.requests.push(asked);
    const count = this.requests.length;
    const before = this.mishap({ count, isDone: false });
    if (before === "drop") return void request.socket.destroy();
    const answer = before ?? answerTo(this.state, { request, text });
    const after = this.mishap({ count, isDone: true });
    if (after === "drop") return void request.socket.destroy();
    const { status, body, type = "application/json;charset=utf-8" } = after ?? answer;
    if (body === undefined) return void response.writeHead(status).end();
    response.writeHead(status, { "content-type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
}
