import { userAndPassword, type GitCredentials } from "./git-http.ts";

const HIDDEN = "[redacted]";
/** A shorter beginning of a secret tells nobody anything. */
const MIN_LENGTH = 4;

/**
 * A text that a server had a say in, without the credentials it was asked with: as they are, percent-encoded, in the
 * header's Base64, and cut off before a `…`.
 */
export function hideCredentials(text: string, credentials: GitCredentials): string {
  if (credentials.kind === "none") return text;
  const secret = credentials.kind === "token" ? credentials.token : credentials.password;
  if (secret === "") return text;
  const pair = Buffer.from(userAndPassword(credentials)).toString("base64");
  const forms = [secret, encodeURIComponent(secret), pair.replace(/=+$/, "")];
  return forms.reduce(hide, text);
}

function hide(text: string, secret: string): string {
  const hidden = text.replaceAll(secret, HIDDEN);
  const cutAt = hidden.indexOf("…");
  if (cutAt < 0) return hidden;
  for (let length = secret.length - 1; length >= MIN_LENGTH; length -= 1) {
    const start = secret.slice(0, length);
    if (hidden.slice(0, cutAt).endsWith(start)) return hidden.replace(`${start}…`, `${HIDDEN}…`);
  }
  return hidden;
}
