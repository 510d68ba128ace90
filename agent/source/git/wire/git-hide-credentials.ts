import { formsOf, hideSecret } from "../../../http/hide-secret.ts";
import { base64Pair, type GitCredentials } from "./git-credentials.ts";

/** A text that a server had a say in, without the credentials it was asked with, in any form that they travel in. */
export function hideCredentials(text: string, credentials: GitCredentials): string {
  return hideSecret(text, secretForms(credentials), "[redacted]");
}

function secretForms(credentials: GitCredentials): readonly string[] {
  const login = credentials.access?.proxy?.login;
  const ofProxy = login === undefined ? [] : pairForms(login);
  switch (credentials.kind) {
    case "none":
    case "ssh":
      return ofProxy;
    case "bearer":
      return [...ofProxy, ...formsOf(credentials.token)];
    case "basic":
      return [...ofProxy, ...pairForms(credentials)];
  }
}

function pairForms(login: {
  readonly username: string;
  readonly password: string;
}): readonly string[] {
  if (login.password === "") return [];
  return [...formsOf(login.password), base64Pair(login).replace(/=+$/, "")];
}
