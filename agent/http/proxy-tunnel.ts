import type { Socket } from "node:net";
import { hostAndPort, proxyAuthorization } from "./http-access.ts";
import type { ProxyAccess } from "./http-access.ts";
import { nodeHttp } from "./node-http.ts";

/** What a proxy did instead of opening the way. `code` is `PROXY_<status>` for an answer, else what Node calls it. */
export class ProxyBroken extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Opens a way through a proxy to `target` (`host:port`) by CONNECT. Rejects with `ProxyBroken`, also when the signal aborts; then
 * the connection to the proxy is closed.
 */
export function openTunnel(
  proxy: ProxyAccess,
  target: string,
  signal: AbortSignal,
): Promise<Socket> {
  const at = hostAndPort(proxy);
  return new Promise((resolve, reject) => {
    const request = nodeHttp.request({
      method: "CONNECT",
      host: proxy.host,
      port: proxy.port,
      path: target,
      headers: { Host: target, ...proxyAuthorization(proxy) },
      agent: false,
      signal,
    });
    request.once("connect", ({ statusCode = 0 }, socket: Socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        const message = `the proxy at ${at} answered ${statusCode} to CONNECT ${target}`;
        reject(new ProxyBroken(`PROXY_${statusCode}`, message));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // Some proxies answer as if they were the server.
    request.once("response", (answer) => {
      request.destroy();
      const message = `the proxy at ${at} does not take CONNECT and answered ${answer.statusCode}`;
      reject(new ProxyBroken(`PROXY_${answer.statusCode}`, message));
    });
    request.on("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      reject(new ProxyBroken(code, `the proxy at ${at} cannot be used (${code || error.message})`));
    });
    request.end();
  });
}
