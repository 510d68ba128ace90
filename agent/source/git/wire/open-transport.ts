import type { Fetcher } from "../../../config/config.ts";
import { readEnvironment } from "../../../config/environment.ts";
import { parseGitAddress } from "../../../config/git-address.ts";
import type { GitTransport } from "./git-transport.ts";
import { RemoteHelperWire } from "./remote-helper-wire.ts";
import { SmartHttpTransport } from "./smart-http-transport.ts";
import { SshWire } from "./ssh-wire.ts";
import { StreamTransport } from "./stream-transport.ts";

/** The way to the repository at `url`, as `canonicalUrl` gives it. Sends nothing yet. */
export function openTransport(url: string, fetcher: Fetcher = "builtin"): GitTransport {
  const address = parseGitAddress(url);
  if (typeof address === "string") throw new TypeError(`the address ${address}`);
  if (address.kind === "ssh") {
    const { PATH = "/usr/bin:/bin" } = readEnvironment();
    return new StreamTransport(new SshWire(address, PATH));
  }
  return fetcher === "system"
    ? new StreamTransport(new RemoteHelperWire(url, readEnvironment()))
    : new SmartHttpTransport(url);
}

/** An address in one form: `HTTP://` is `http://`, and no slash stands at its end. */
export function canonicalUrl(url: string): string {
  const address = parseGitAddress(url);
  const text = typeof address !== "string" && address.kind === "http" ? address.url.href : url;
  return text.replace(/\/+$/, "");
}
