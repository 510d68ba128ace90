import { formsOf, hideSecret } from "../http/hide-secret.ts";
import { base64Pair, type GitCredentials } from "./git-credentials.ts";

/** A text that a server had a say in, without the credentials it was asked with, in any form that they travel in. */
export function hideCredentials(text: string, credentials: GitCredentials): string {
  if (credentials.kind === "none" || credentials.password === "") return text;
  const forms = [...formsOf(credentials.password), base64Pair(credentials).replace(/=+$/, "")];
  return hideSecret(text, forms, "[redacted]");
}
