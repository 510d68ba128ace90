import type * as https from "node:https";
import type { Duplex } from "node:stream";
import { hostAndPort } from "./http-access.ts";
import type { ProxyAccess } from "./http-access.ts";
import { nodeHttps } from "./node-http.ts";
import { openTunnel } from "./proxy-tunnel.ts";

/** A request to a server behind a tunnel says until when the tunnel is wanted. */
export interface TunnelOptions {
  readonly tunnelSignal?: AbortSignal;
}

type Connected = (error: Error | null, stream: Duplex) => void;

/** An agent for TLS to a server through a proxy. */
export function createTunnelAgent(proxy: ProxyAccess, options: https.AgentOptions): https.Agent {
  const agent = new (nodeHttps().Agent)(options);
  const secure = agent.createConnection.bind(agent);
  const destroy = agent.destroy.bind(agent);
  const closing = new AbortController();
  const open = async (wanted: https.RequestOptions & TunnelOptions): Promise<Duplex> => {
    const target = hostAndPort({ host: wanted.host ?? "", port: wanted.port ?? 443 });
    const { tunnelSignal = NEVER } = wanted;
    // A connection that a queue makes takes over the options of a request that has ended.
    const signal = AbortSignal.any([tunnelSignal.aborted ? NEVER : tunnelSignal, closing.signal]);
    const socket = await openTunnel(proxy, target, signal);
    const secured = secure({ ...wanted, socket } as https.RequestOptions);
    if (secured === null || secured === undefined) throw new Error("no connection came about");
    return secured;
  };
  agent.createConnection = (
    wanted: https.RequestOptions & TunnelOptions,
    connected?: Connected,
  ) => {
    open(wanted).then(
      (secured) => connected?.(null, secured),
      // Node takes an error without a stream; its types do not know that.
      (error: unknown) => connected?.(error as Error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  agent.destroy = () => {
    closing.abort();
    destroy();
  };
  return agent;
}

const NEVER = new AbortController().signal;
