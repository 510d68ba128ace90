import type { SourceAuth } from "../config/config.ts";
import { readCredential } from "../config/credential.ts";
import type { GitCredentials } from "./git-credentials.ts";

/** What a source signs in with now; a file is read again at each use. */
export async function sourceCredentials(auth: SourceAuth): Promise<GitCredentials> {
  if (auth.kind === "none") return { kind: "none" };
  const password = (await readCredential(auth.password)).reveal();
  return { kind: "basic", username: auth.username, password };
}
