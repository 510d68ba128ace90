/** How a server is reached: whom the client trusts, who it is, and by which proxy. Plain data; it may change between requests. */
export interface HttpAccess {
  readonly tls?: TlsAccess;
  readonly proxy?: ProxyAccess;
}

/** PEM texts. */
export interface TlsAccess {
  /** The authorities that a server's certificate may come from, instead of those that the program trusts. */
  readonly ca?: string;
  /** The client's own certificate and key; both or none. */
  readonly cert?: string;
  readonly key?: string;
}

/** A forward proxy that is spoken to in plain HTTP. */
export interface ProxyAccess {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** The key or variable that names it, for messages. */
  readonly setBy: string;
  readonly login?: { readonly username: string; readonly password: string };
}

/** `host:port`, as a message and a `Host` header show it. */
export function hostAndPort({ host, port }: { host: string; port: number | string }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The header that signs in to a proxy, or none. */
export function proxyAuthorization({ login }: ProxyAccess): Record<string, string> {
  if (login === undefined) return {};
  const pair = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  return { "Proxy-Authorization": `Basic ${pair}` };
}
