import { resolve } from "node:path";
import { Secret } from "../kernel/secret.ts";
import { environmentProxy } from "./environment-proxy.ts";
import type { EnvironmentProxy } from "./environment-proxy.ts";
import type { Environment } from "./environment.ts";
import { parseGitAddress } from "./git-address.ts";
import { parseProxyUrl } from "./proxy-url.ts";
import type { ProxyConfig, Reach } from "./reach.ts";
import type { SourceSettings } from "./schema.ts";

export interface ReachSettings {
  readonly url: string;
  /** `system`: git reads the environment itself. */
  readonly Fetcher?: SourceSettings["Fetcher"];
  readonly Tls: SourceSettings["Tls"];
  readonly Proxy: SourceSettings["Proxy"];
}

/** What relative paths begin at, and the environment. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Environment;
}

/** How a server is reached, of settings that passed every check. */
export function toReach(settings: ReachSettings, { cwd, env }: Surroundings): Reach {
  const { CaFile, CertFile, KeyFile } = settings.Tls;
  const absolute = (path: string | undefined) => (path === undefined ? null : resolve(cwd, path));
  return {
    tls: { caFile: absolute(CaFile), certFile: absolute(CertFile), keyFile: absolute(KeyFile) },
    proxy: toProxy(settings, { cwd, env }),
  };
}

function environmentProxyOf(url: string, env: Environment): EnvironmentProxy | null {
  const address = parseGitAddress(url);
  return typeof address === "string" || address.kind === "ssh"
    ? null
    : environmentProxy(address.url, env);
}

function toProxy(settings: ReachSettings, { cwd, env }: Surroundings): ProxyConfig | null {
  const { url, Proxy } = settings;
  if (settings.Fetcher === "system") return null;
  const { Url, Username, Password, PasswordFile } = Proxy;
  if (Url === "none") return null;
  const fromEnvironment = Url === undefined ? environmentProxyOf(url, env) : null;
  const text = Url ?? fromEnvironment?.text;
  const named = text === undefined ? null : parseProxyUrl(text);
  if (named === null) return null;
  const { host, port, login } = named;
  const setBy = fromEnvironment?.variable ?? "Proxy.Url";
  if (login !== null) {
    const password = { kind: "value", secret: new Secret(login.password) } as const;
    return { host, port, setBy, login: { username: login.username, password } };
  }
  if (Username === undefined) return { host, port, setBy, login: null };
  const password =
    PasswordFile === undefined
      ? ({ kind: "value", secret: new Secret(Password ?? "") } as const)
      : ({ kind: "file", path: resolve(cwd, PasswordFile), holds: "password" } as const);
  return { host, port, setBy, login: { username: Username, password } };
}
