import { redactUrl } from "../kernel/redact.ts";
import { valueAt } from "./check.ts";
import { environmentProxy } from "./environment-proxy.ts";
import type { Environment } from "./environment.ts";
import { parseGitAddress } from "./git-address.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";
import { parseProxyUrl } from "./proxy-url.ts";

/** A section that names a server, and its key with the address. */
export interface ServerSection {
  readonly path: KeyPath;
  readonly address: string;
}

/** The rules between the keys of how a server is reached: `Tls`, `Proxy` and the environment. */
export function checkReach(
  tree: unknown,
  section: ServerSection,
  env: Environment,
): readonly Problem[] {
  const found: Problem[] = [];
  const has = (...names: string[]) => valueAt(tree, [...section.path, ...names]) !== undefined;
  const say = (names: readonly string[], message: string) =>
    found.push({ key: toKey([...section.path, ...names]), message });
  const url = urlOf(valueAt(tree, [...section.path, section.address]));
  if (isSsh(valueAt(tree, [...section.path, section.address]))) {
    for (const name of ["Tls", "Proxy"] as const) {
      const [set] = SECTIONS[name].filter((each) => has(name, each));
      if (set !== undefined) say([name, set], "has no effect over ssh; take it out");
    }
    return found;
  }
  if (valueAt(tree, [...section.path, "Fetcher"]) === "system") {
    for (const name of ["Tls", "Proxy"] as const) {
      const [set] = SECTIONS[name].filter((each) => has(name, each));
      const setting =
        name === "Tls" ? "http.sslCAInfo, http.sslCert and http.sslKey" : "the key http.proxy";
      if (set !== undefined) {
        say([name, set], `is not used by Fetcher system; set ${setting} in git's configuration`);
      }
    }
    return found;
  }
  const files = SECTIONS.Tls.filter((name) => has("Tls", name));
  if (url?.protocol === "http:" && files[0] !== undefined) {
    say(
      ["Tls", files[0]],
      `has no effect: ${section.address} is plain http; use https or take it out`,
    );
  }
  if (has("Tls", "CertFile") !== has("Tls", "KeyFile")) {
    const absent = has("Tls", "CertFile") ? "KeyFile" : "CertFile";
    say(["Tls", absent], "is required: a client certificate needs CertFile and KeyFile");
  }
  checkLogin(has, say);
  const proxy = valueAt(tree, [...section.path, "Proxy", "Url"]);
  if (proxy === undefined && url !== null) found.push(...checkEnvironment(url, section, env));
  if ((proxy === undefined || proxy === "none") && has("Proxy", "Username")) {
    say(["Proxy", "Username"], "has no effect without Proxy.Url; name the proxy or take it out");
  }
  return found;
}

const SECTIONS = {
  Tls: ["CaFile", "CertFile", "KeyFile"],
  Proxy: ["Url", "Username", "Password", "PasswordFile"],
} as const;

function isSsh(url: unknown): boolean {
  const address = typeof url === "string" ? parseGitAddress(url) : "";
  return typeof address !== "string" && address.kind === "ssh";
}

type Has = (...names: string[]) => boolean;
type Say = (names: readonly string[], message: string) => void;

function checkLogin(has: Has, say: Say): void {
  const password = has("Proxy", "Password");
  const file = has("Proxy", "PasswordFile");
  if (password && file) {
    say(["Proxy", "PasswordFile"], "is set as well as Password; keep one of them");
  }
  if (has("Proxy", "Username") && !password && !file) {
    say(["Proxy", "Password"], "is required: Username needs Password or PasswordFile");
  }
  if ((password || file) && !has("Proxy", "Username")) {
    say(["Proxy", "Username"], "is required: a password needs Username");
  }
}

function checkEnvironment(url: URL, { path }: ServerSection, env: Environment): readonly Problem[] {
  const found = environmentProxy(url, env);
  if (found === null || parseProxyUrl(found.text) !== null) return [];
  const key = toKey([...path, "Proxy", "Url"]);
  const message =
    `names ${JSON.stringify(redactUrl(found.text))} as the proxy of ${url.host}, but the agent uses http:// proxies alone; ` +
    `correct it, or set ${key} to an http:// address or to none`;
  return [{ key: found.variable, message }];
}

function urlOf(value: unknown): URL | null {
  return typeof value === "string" ? URL.parse(value) : null;
}
