import type { ProxyAccess } from "../../../http/http-access.ts";

/** Why a proxy did not open the way, and what to do, by the code of `ProxyBroken`. `setBy`: the key or variable that names it. */
export function proxyCause(code: string, { setBy, login }: ProxyAccess): string {
  const [, status] = /^PROXY_(\d+)$/.exec(code) ?? [];
  switch (status) {
    case undefined:
      return causeByCode(code, setBy);
    case "407":
      return login === undefined
        ? "it asks for a login. Set Proxy.Url, Proxy.Username and Proxy.PasswordFile of this source"
        : "it does not accept the login. Check the user and the password of the proxy";
    case "403":
    case "405":
      return "it does not let the agent reach that server. Ask whoever runs the proxy to allow it";
    case "502":
    case "503":
    case "504":
      return "it cannot reach the server. Check Url, and the proxy's own log";
    default:
      return `that is not what a forward proxy answers. Check ${setBy}`;
  }
}

function causeByCode(code: string, setBy: string): string {
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens there. Check ${setBy}, and that the proxy runs`;
    case "ENOTFOUND":
      return `its name is unknown to DNS. Check ${setBy}`;
    case "EAI_AGAIN":
      return "the DNS server did not answer. Check DNS on this machine";
    case "ECONNRESET":
      return "it closed the connection before the way was open. Look at the proxy's log";
    default:
      return code.startsWith("HPE_")
        ? `what it sends is not HTTP. Check ${setBy}`
        : `check ${setBy} and the network`;
  }
}
