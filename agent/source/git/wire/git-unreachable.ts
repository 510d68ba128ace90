import type { ProxyAccess } from "../../../http/http-access.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import { gitFailure } from "../../git-failure.ts";
import { quotedWords } from "./git-words.ts";
import { proxyCause } from "./proxy-failure.ts";

const NOT_TLS =
  "it does not speak TLS on that port. Check the port, and whether Url begins with http://";

const NO_CLIENT_CERTIFICATE =
  "it asks for a client certificate. Set Tls.CertFile and Tls.KeyFile of this source";

/** Why no answer came, and what to do, by the code that Node gives. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name is unknown to DNS. Check the host name in Url, and DNS on this machine",
  EAI_AGAIN: "the DNS server did not answer. Check DNS on this machine",
  ECONNREFUSED: "nothing listens on that port. Check the port in Url, and that the server runs",
  ECONNRESET:
    "the connection was closed before an answer came. Look at the server, or a proxy before it",
  EPIPE:
    "the connection was closed before an answer came. Look at the server, or a proxy before it",
  EHOSTUNREACH: "no route leads to the host. Check the network",
  ENETUNREACH: "no route leads to the host. Check the network",
  ETIMEDOUT: "no connection came about in time. Check the network and firewalls",
  CERT_HAS_EXPIRED: "its certificate has expired. Renew it on the server",
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet. Check the clocks of this machine and of the server",
  EPROTO: NOT_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
};

const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
]);

/** What Node calls it, which may be nothing, and says of it. */
export interface NetworkFailure {
  readonly code: string;
  readonly message: string;
  /** `host:port`, if a proxy was asked for the way and did not open it. */
  readonly proxy?: string;
}

/** What the network layer threw before an answer came, as a failure that says which host it was about and what to do. */
export function unreachable(
  url: URL,
  failure: NetworkFailure,
  through?: ProxyAccess,
): OperatorError {
  const { code, message, proxy } = failure;
  if (proxy !== undefined && through !== undefined) {
    const what = code.startsWith("PROXY_")
      ? `The proxy at ${proxy} answered ${code.slice(6)} to the request for ${url.host}`
      : `${url.host} cannot be reached through the proxy at ${proxy} (${code === "" ? message : code})`;
    return gitFailure("Unreachable", `${what}: ${proxyCause(code, through)}.`);
  }
  return gitFailure(
    "Unreachable",
    `${url.host} cannot be reached (${code === "" ? message : code}): ${causeOf(failure)}.`,
  );
}

/** A connection that broke in the middle of an answer. */
export function brokeOff(
  url: URL,
  what: { readonly brings: string; readonly bytes: number },
): OperatorError {
  const { brings, bytes } = what;
  return gitFailure(
    "Unreachable",
    `The connection to ${url.host} broke after ${amountOf(bytes)} of ${brings}; it is fetched again.`,
  );
}

function causeOf({ code, message }: NetworkFailure): string {
  if (UNKNOWN_ISSUER.has(code)) {
    return (
      "its certificate is self-signed or from an unknown authority. Set Tls.CaFile of this source to a PEM file with the " +
      "authority's certificate, or start the agent with NODE_EXTRA_CA_CERTS=FILE"
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `its certificate is for another name: ${quotedWords(message)}. Use the name that it is for in Url, or renew it`;
  }
  if (code.startsWith("HPE_")) {
    return "what it sends is not HTTP. Check the port, and whether Url begins with https://";
  }
  return CAUSES[code] ?? "check Url, the network and the server's certificate";
}

function amountOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
