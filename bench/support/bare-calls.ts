import { execFile } from "node:child_process";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { joinBody } from "../../agent/roomserver/rest-wire.ts";
import type { EntitySpec } from "../../agent/spec/room-spec.ts";
import { machineMs } from "./machine-ms.ts";

const run = promisify(execFile);

export const GUEST: EntitySpec = {
  id: "E-guest",
  kind: "agent",
  displayName: "Guest",
  visibility: "team",
  ownerUserId: null,
  capabilities: ["text.write"],
  policy: {
    allow_commands_from: "any",
    sandbox_mode: false,
    env_whitelist: [],
    scopes: [],
    rateLimit: null,
  },
};

/** What the agent does, done by hand: `git fetch` by the CLI and plain HTTP calls on a kept connection. */
export class BareCalls {
  readonly #roomServerUrl: string;
  readonly #clone: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(roomServerUrl: string, clone: string) {
    this.#roomServerUrl = roomServerUrl;
    this.#clone = clone;
  }

  static async open(folder: string, urls: { git: string; roomServer: string }): Promise<BareCalls> {
    const clone = join(folder, "bare-clone.git");
    await run("git", ["clone", "--quiet", "--bare", "--depth=1", urls.git, clone]);
    return new BareCalls(urls.roomServer, clone);
  }

  /** Brings the newest commit, reads a room, makes one change in it and reads it again. Gives the time in ms. */
  async follow(room: string, change: "join" | "kick"): Promise<number> {
    const startedMs = machineMs();
    await run("git", ["--git-dir", this.#clone, "fetch", "--quiet", "origin", "main"]);
    await this.#call("GET", `/room/${room}/state`);
    if (change === "join") {
      await this.#call("POST", `/room/${room}/join`, JSON.stringify(joinBody(room, GUEST)));
    } else await this.#call("DELETE", `/room/${room}/entities/${GUEST.id}`);
    await this.#call("GET", `/room/${room}/state`);
    return machineMs() - startedMs;
  }

  close(): void {
    this.#agent.destroy();
  }

  #call(method: string, path: string, body?: string): Promise<void> {
    return call(this.#agent, { method, url: this.#roomServerUrl + path, body });
  }
}

export interface BareCall {
  readonly method: string;
  readonly url: string;
  readonly body?: string | undefined;
}

/** One call over the kept connections of `agent`. Rejects unless it was answered with success. */
export function call(agent: Agent, { method, url, body }: BareCall): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    const outgoing = request(url, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.once("end", () => {
        if (answer.statusCode !== undefined && answer.statusCode < 300) resolve();
        else reject(new Error(`${method} ${url} was answered with ${answer.statusCode}`));
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
