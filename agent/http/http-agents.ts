import type * as http from "node:http";
import type { Duplex } from "node:stream";
import type { HttpAccess } from "./http-access.ts";
import { nodeHttp, nodeHttps } from "./node-http.ts";
import { createTunnelAgent } from "./tunnel-agent.ts";

export interface AgentSettings {
  readonly secure: boolean;
  readonly keepAlive: http.AgentOptions;
}

/** The connections of one client. A new access gets new connections: those of the access before are closed as they become idle. */
export class HttpAgents {
  readonly #settings: AgentSettings;
  readonly #agents = new Set<http.Agent>();
  #access: HttpAccess | undefined;
  #print = "";
  #agent: http.Agent;

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#agent = this.#open(undefined, settings.keepAlive);
  }

  /** The agent that keeps connections with this access. */
  kept(access: HttpAccess | undefined): http.Agent {
    if (access === this.#access) return this.#agent;
    const print = JSON.stringify(access ?? {});
    this.#access = access;
    if (print === this.#print || (print === "{}" && this.#print === "")) return this.#agent;
    this.#print = print;
    this.#retire();
    this.#agent = this.#open(access, this.#settings.keepAlive);
    return this.#agent;
  }

  /** An agent for one request, with the same access. */
  single(access: HttpAccess | undefined): http.Agent {
    return createAgent(this.#settings.secure, access, { keepAlive: false });
  }

  closeIdle(): void {
    closeIdle(this.#agent);
  }

  destroy(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  #open(access: HttpAccess | undefined, options: http.AgentOptions): http.Agent {
    const agent = createAgent(this.#settings.secure, access, options);
    this.#agents.add(agent);
    return agent;
  }

  #retire(): void {
    const old = this.#agent;
    // Those before it that are not in use any more.
    for (const agent of this.#agents) {
      if (agent !== old && Object.keys(agent.sockets).length === 0) this.#agents.delete(agent);
    }
    closeIdle(old);
    old.on("free", (socket: Duplex) => socket.destroy());
  }
}

function closeIdle(agent: http.Agent): void {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

function createAgent(
  secure: boolean,
  { tls = {}, proxy }: HttpAccess = {},
  options: http.AgentOptions,
): http.Agent {
  // A server without TLS is asked through the proxy by the full address: the proxy is who is connected to.
  if (!secure) return new nodeHttp.Agent(options);
  return proxy === undefined
    ? new (nodeHttps().Agent)({ ...options, ...tls })
    : createTunnelAgent(proxy, { ...options, ...tls });
}
