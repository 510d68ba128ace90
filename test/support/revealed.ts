import type { Credential } from "../../agent/config/credential.ts";

/** The secret of a credential whose value stands in the configuration; the path of one that is read from a file. */
export function revealed(credential: Credential | null): string | null {
  if (credential === null) return null;
  return credential.kind === "value" ? credential.secret.reveal() : credential.path;
}
