/** How to sign in at the server; asked for at each use, kept in memory only. A token is the password of its user. */
export type GitCredentials = { readonly kind: "none" } | BasicCredentials;

export interface BasicCredentials {
  readonly kind: "basic";
  readonly username: string;
  readonly password: string;
}

/** What travels in the header. */
export function base64Pair({ username, password }: BasicCredentials): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

export function authorization(credentials: GitCredentials): Record<string, string> {
  if (credentials.kind === "none") return {};
  return { authorization: `Basic ${base64Pair(credentials)}` };
}
