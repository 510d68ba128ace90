import { quoted } from "../kernel/quoted.ts";
/** What of a request says who made it and what they believe to talk to. */
export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  /** True for a request that may change something. */
  readonly changes: boolean;
  /**
   * True for a request that does nothing without a signature over its body, which no web page can make. Forges send it, by
   * whatever name they know this machine under.
   */
  readonly isSigned?: boolean;
}

export type GuardVerdict =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "forbidden";
      readonly code: "ForbiddenHost" | "ForbiddenOrigin";
      readonly detail: string;
    };

const ALLOWED: GuardVerdict = { kind: "allowed" };
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Keeps web pages out. A page opened on this machine can send requests to a loopback address, and by DNS rebinding even
 * under a name of its own; browsers then tell on it in `Host`, `Origin` and `Sec-Fetch-Site`. Programs send no `Origin` and
 * are not concerned. `boundHost` is the address the API listens on; ports do not matter (they change in tunnels).
 */
export function judgeOrigin(request: RequestOrigin, boundHost: string): GuardVerdict {
  const host = hostNameOf(request.host);
  if (isLoopback(boundHost) && request.host !== undefined && request.isSigned !== true) {
    if (host === undefined || !(LOOPBACK_NAMES.has(host) || host === bracketed(boundHost))) {
      return {
        kind: "forbidden",
        code: "ForbiddenHost",
        detail: `the Host header ${quoted(request.host)} is not this machine: use http://127.0.0.1 or http://localhost, or set HttpApi.Host to listen on another address`,
      };
    }
  }
  if (request.origin !== undefined && !isSameOrigin(request.origin, request.host)) {
    return {
      kind: "forbidden",
      code: "ForbiddenOrigin",
      detail: `requests of web pages from ${quoted(request.origin)} are not accepted`,
    };
  }
  const site = request.secFetchSite;
  if (request.changes && site !== undefined && site !== "same-origin" && site !== "none") {
    return {
      kind: "forbidden",
      code: "ForbiddenOrigin",
      detail: `changes asked for by web pages of another site (Sec-Fetch-Site: ${quoted(site)}) are not accepted`,
    };
  }
  return ALLOWED;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin);
  return url !== null && host !== undefined && url.host === URL.parse(`http://${host}`)?.host;
}

/** The name in a Host header without its port; undefined when it is not a Host header at all. */
function hostNameOf(host: string | undefined): string | undefined {
  if (host === undefined || !/^[A-Za-z0-9._:[\]-]+$/.test(host)) return undefined;
  return URL.parse(`http://${host}`)?.hostname;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host.toLowerCase();
}
