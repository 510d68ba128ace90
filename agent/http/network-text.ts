import { messageOf } from "../kernel/errors.ts";
import { ProxyBroken } from "./proxy-tunnel.ts";

const NOT_TLS =
  "what answers there does not speak TLS: check whether the address begins with http://";
const CLOSED = "the connection was closed before an answer came";
const NO_ROUTE = "no route leads to the host";
const UNKNOWN_ISSUER = "its certificate is self-signed or from an unknown authority";

/** What the codes of Node mean. */
const WORDS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "the DNS server did not answer",
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ETIMEDOUT: "no connection came about in time",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check the clocks",
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_ISSUER,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  CERT_UNTRUSTED: UNKNOWN_ISSUER,
};

/** What Node calls an error; empty where it has no name for it. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a connection failed, in words for people; Node's own where there are none. */
export function networkText(error: unknown): string {
  // When all of several addresses fail, Node gives one error with a code and no text.
  const own = messageOf(error) || codeOf(error);
  if (error instanceof ProxyBroken) return own;
  const code = codeOf(error);
  if (code === "ECONNREFUSED") return own.replace(/^(?:connect )?ECONNREFUSED( |$)/, refused);
  if (code === "ENOTFOUND") return own.replace(/^getaddrinfo ENOTFOUND (.+)$/, UNKNOWN_NAME);
  if (code === "EPROTO")
    return /wrong version number|packet length too long/i.test(own) ? NOT_TLS : own;
  return WORDS[code] ?? own;
}

const UNKNOWN_NAME = "the name $1 is unknown to DNS";

function refused(_: string, blank: string): string {
  return blank === "" ? "connection refused" : "connection refused, ";
}
