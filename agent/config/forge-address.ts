import { parseGitAddress } from "./git-address.ts";
import type { ForgeConfig } from "./config.ts";

type Kind = ForgeConfig["kind"];

/**
 * A repository's name on its forge by its git address: the last two names of the path, on GitLab all of them; null where there are
 * not two.
 */
export function forgeRepository(url: string, kind: Kind): string | null {
  const address = parseGitAddress(url);
  if (typeof address === "string") return null;
  const path = address.kind === "ssh" ? address.path : decoded(address.url.pathname);
  const names = path
    .replace(/\.git\/*$/i, "")
    .split("/")
    .filter((name) => name !== "");
  if (names.length < 2) return null;
  return (kind === "gitlab" ? names : names.slice(-2)).join("/");
}

/** The forge's web address by a git address: with https where that is ssh. */
export function forgeAddress(url: string): string {
  const address = parseGitAddress(url);
  if (typeof address === "string") return url;
  return address.kind === "ssh" ? `https://${address.host}` : address.url.origin;
}

/** Where the paths of a forge's API begin. */
export function apiAddress(kind: Kind, web: string): string {
  const base = web.replace(/\/+$/, "");
  switch (kind) {
    case "gitea":
      return `${base}/api/v1`;
    case "gitlab":
      return `${base}/api/v4`;
    case "github":
      return new URL(base).origin === "https://github.com"
        ? "https://api.github.com"
        : `${base}/api/v3`;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a lone `%` is taken as it is written.
    return path;
  }
}
