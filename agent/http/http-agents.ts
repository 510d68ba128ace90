import type * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { hostAndPort } from "./http-access.ts";
import type { HttpAccess, ProxyAccess } from "./http-access.ts";
import { nodeHttp } from "./node-http.ts";
import { openTunnel } from "./proxy-tunnel.ts";

export interface AgentSettings {
  readonly secure: boolean;
  readonly keepAlive: http.AgentOptions;
}

/** A request to a server behind a tunnel says until when the tunnel is wanted. */
export interface TunnelOptions {
  readonly tunnelSignal?: AbortSignal;
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
    ? new https.Agent({ ...options, ...tls })
    : new TunnelAgent(proxy, { ...options, ...tls });
}

/** TLS to the server through a proxy. */
class TunnelAgent extends https.Agent {
  readonly #proxy: ProxyAccess;
  readonly #closing = new AbortController();

  constructor(proxy: ProxyAccess, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }

  override createConnection(
    options: https.RequestOptions & TunnelOptions,
    callback: (error: Error | null, stream: Duplex) => void = () => undefined,
  ): undefined {
    const target = hostAndPort({ host: options.host ?? "", port: options.port ?? 443 });
    const { tunnelSignal = NEVER } = options;
    // A connection that a queue makes takes over the options of a request that has ended.
    const wanted = tunnelSignal.aborted ? NEVER : tunnelSignal;
    const signal = AbortSignal.any([wanted, this.#closing.signal]);
    void this.#give(callback, this.#open({ target, signal }, options));
  }

  async #give(
    take: (error: Error | null, stream: Duplex) => void,
    opening: Promise<Duplex>,
  ): Promise<void> {
    let secured: Duplex;
    try {
      secured = await opening;
    } catch (error) {
      // Node takes an error without a stream; its types do not know that.
      take(error as Error, undefined as unknown as Duplex);
      return;
    }
    take(null, secured);
  }

  async #open(
    { target, signal }: { readonly target: string; readonly signal: AbortSignal },
    options: https.RequestOptions,
  ): Promise<Duplex> {
    const socket = await openTunnel(this.#proxy, target, signal);
    const secured = super.createConnection({ ...options, socket } as https.RequestOptions);
    if (secured === null || secured === undefined) throw new Error("no connection came about");
    return secured;
  }
}

const NEVER = new AbortController().signal;
