/** A repository's address, taken apart. */
export type GitAddress = { readonly kind: "http"; readonly url: URL } | SshAddress;

export interface SshAddress {
  readonly kind: "ssh";
  /** Null: the program's own choice. */
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
  /** As the server is asked for it. */
  readonly path: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/;
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])$/;

/** `http(s)://…`, `ssh://[user@]host[:port]/path` or `[user@]host:path`; a text for anything else: why, and what to write. */
export function parseGitAddress(text: string): GitAddress | string {
  if (/[\s\p{Cc}]/u.test(text)) return "must not hold blanks or control characters";
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "http":
    case "https": {
      const url = URL.parse(text);
      return url === null ? "cannot be read as an address" : { kind: "http", url };
    }
    case "ssh":
      return parseSshUrl(text.slice("ssh://".length));
    case undefined:
      return parseScp(text);
    case "git":
      return "begins with git://, which is neither encrypted nor signed in to; write an https:// or ssh:// address";
    case "file":
      return `begins with file://, ${NO_LOCAL}`;
    default:
      return `begins with ${scheme}://, which is not known; ${KNOWN}`;
  }
}

const NO_LOCAL =
  "and the agent reads no local repository; serve it over https, http or ssh, or set Kind to `folder` and Folder to its path";

const KNOWN = "write https://host/path, http://host/path, ssh://user@host/path or user@host:path";

function parseSshUrl(rest: string): SshAddress | string {
  const slash = rest.indexOf("/");
  if (slash === -1) return "names no repository; write ssh://user@host/path";
  const authority = rest.slice(0, slash);
  const at = authority.lastIndexOf("@");
  const user = at === -1 ? null : authority.slice(0, at);
  if (user?.includes(":")) return "holds a password; take it out, and name a key in Auth.KeyFile";
  const [, host = "", port] =
    /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority.slice(at + 1)) ?? [];
  const path = rest.slice(slash);
  // As git has it: /~user is that user's home.
  return checked({ user, host, port, path: path.startsWith("/~") ? path.slice(1) : path });
}

function parseScp(text: string): SshAddress | string {
  const [, user, host = "", path = ""] =
    /^(?:([^@/]*)@)?(\[[^\]]*\]|[^:/@[\]]*):(.*)$/.exec(text) ?? [];
  if (path === "" && /^(?:\/|\.{1,2}(?:\/|$)|~)/.test(text)) return `is a path, ${NO_LOCAL}`;
  if (path === "") return `is not an address; ${KNOWN}`;
  if (/^(?:https?|ssh|git|file|ftps?)$/i.test(host)) {
    return `lacks a slash behind ${host}:; ${KNOWN}`;
  }
  const [, port, behind] = /^(\d{1,5})(?:[:/](.*))?$/.exec(path) ?? [];
  if (port !== undefined) {
    const at = `${user === undefined ? "" : "user@"}${host}`;
    const under = (behind ?? "").replace(/^\/+/, "") || "path";
    return `does not say whether ${port} is a port; write ssh://${at}:${port}/${under} if it is, else ssh://${at}/~/${path.replace(/:\/*/, "/")}`;
  }
  return checked({ user: user ?? null, host, port: undefined, path });
}

interface Parts {
  readonly user: string | null;
  readonly host: string;
  readonly port: string | undefined;
  readonly path: string;
}

/** None of the parts may be taken for an option by a program, or hold what a shell or a program reads otherwise. */
function checked({ user, host, port, path }: Parts): SshAddress | string {
  if (user !== null && !USER.test(user)) {
    return "has a user that is not a plain name (letters, digits, _ . + -, not beginning with -)";
  }
  if (!HOST.test(host))
    return "has no plain host name (letters, digits, . and -, not beginning with -)";
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535))
    return "has a port that is not 1 to 65535";
  if (path.startsWith("-")) return "has a path that begins with -";
  if (/^\/*$/.test(path)) return "names no repository";
  return { kind: "ssh", user, host: host.replace(/^\[|\]$/g, ""), port: number, path };
}

/** The user, host and port of an ssh address, as `ssh` shows them. */
export function sshServer({ user, host, port }: SshAddress): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return `${user === null ? "" : `${user}@`}${shown}${port === null ? "" : `:${port}`}`;
}

/** The path of a repository's address, without `.git`: of `https://git.example.org/ops/specs.git` it is `ops/specs`. */
export function repositoryPath(url: string): string {
  const parsed = URL.parse(url);
  // As scp writes it: `user@host:path`, where the host may be an address in brackets.
  const path =
    parsed === null ? url.replace(/^[^:[]*(?:\[[^\]]*\])?:/, "") : decoded(parsed.pathname);
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a lone `%` is compared as it is written.
    return path;
  }
}
