/** How to sign in at the server; asked for at each use, kept in memory only. */
export type GitCredentials =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/** What travels in the header, before its Base64. */
export function userAndPassword(credentials: Exclude<GitCredentials, { kind: "none" }>): string {
  return credentials.kind === "token"
    ? `oauth2:${credentials.token}`
    : `${credentials.username}:${credentials.password}`;
}

/**
 * A token goes as the password of the user `oauth2`: GitLab asks for that name with OAuth tokens, and GitHub, GitLab and
 * Gitea look at the password alone with tokens of their own. A server that wants another name gets it by kind `basic`.
 */
export function authorization(credentials: GitCredentials): Record<string, string> {
  if (credentials.kind === "none") return {};
  const pair = userAndPassword(credentials);
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
