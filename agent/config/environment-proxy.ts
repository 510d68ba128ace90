import { BlockList, isIP } from "node:net";
import type { Environment } from "./environment.ts";

/** A proxy that a variable of the environment names. */
export interface EnvironmentProxy {
  readonly variable: string;
  readonly text: string;
}

const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "https:": ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
  "http:": ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
};

/**
 * The proxy that the environment names for an address, or null. The lower case of a variable wins, an empty one counts as unset,
 * and this machine is never asked through a proxy.
 */
export function environmentProxy(url: URL, env: Environment): EnvironmentProxy | null {
  const variable = VARIABLES[url.protocol]?.find((name) => (env[name] ?? "") !== "");
  const text = variable === undefined ? undefined : env[variable];
  if (variable === undefined || text === undefined) return null;
  const exceptions = env["no_proxy"] || env["NO_PROXY"] || "";
  return isLoopback(url.hostname) || isExcepted(url, exceptions) ? null : { variable, text };
}

/** True for a name or address that leads to this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/**
 * Whether a list as in `NO_PROXY` names the address. An entry is `*`, a name (it and everything below it, with or without a dot
 * or `*.` in front), an IP address or a range such as `10.0.0.0/8`; a port behind it makes it count for that port alone.
 */
function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => matches(entry, { host, port }));
}

function matches(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === "*") return true;
  const [, bare = "", ofPort] =
    /^(\[[^\]]*\]|[^:]*|[0-9a-f:./]*:[0-9a-f:./]*:[^:]*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const name = bare
    .replace(/^\[|\]$/g, "")
    .replace(/^\*?\./, "")
    .replace(/\.$/, "");
  if (name === "") return false;
  if (isIP(host) !== 0) return isInRange(name, host);
  return host === name || host.endsWith(`.${name}`);
}

/** `range`: an address, or one with the bits that count. */
function isInRange(range: string, host: string): boolean {
  const [address = "", bits] = range.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const most = family === "ipv6" ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (isIP(address) === 0 || prefix < 0 || prefix > most) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}
