import type { SshFiles } from "../../../config/ssh-files.ts";
import type { HttpAccess } from "../../../http/http-access.ts";

/** How to sign in at the server, and how to reach it; asked for at each use, kept in memory only. */
export type GitCredentials = GitLogin & {
  /** Absent: directly, trusting whom the program trusts. */
  readonly access?: HttpAccess;
};

/** A token of kind `basic` is the password of its user. */
export type GitLogin =
  | { readonly kind: "none" }
  | BasicCredentials
  | { readonly kind: "bearer"; readonly token: string }
  /** The secrets stay in their files. */
  | ({ readonly kind: "ssh" } & SshFiles);

export interface BasicCredentials {
  readonly kind: "basic";
  readonly username: string;
  readonly password: string;
}

/** What travels in the header. */
export function base64Pair(login: {
  readonly username: string;
  readonly password: string;
}): string {
  return Buffer.from(`${login.username}:${login.password}`).toString("base64");
}

export function authorization(credentials: GitLogin): Record<string, string> {
  switch (credentials.kind) {
    case "none":
    case "ssh":
      return {};
    case "bearer":
      return { authorization: `Bearer ${credentials.token}` };
    case "basic":
      return { authorization: `Basic ${base64Pair(credentials)}` };
  }
}
