import { base64Pair, type GitCredentials } from "./git-credentials.ts";

const HIDDEN = "[redacted]";
/** A shorter beginning of a secret tells nobody anything. */
const MIN_LENGTH = 4;

/**
 * A text that a server had a say in, without the credentials it was asked with: as they are, percent-encoded, escaped as in
 * JSON, in the header's Base64, and cut off before a `…`.
 */
export function hideCredentials(text: string, credentials: GitCredentials): string {
  if (credentials.kind === "none") return text;
  const secret = credentials.password;
  if (secret === "") return text;
  const pair = base64Pair(credentials);
  const escaped = JSON.stringify(secret).slice(1, -1);
  const forms = [secret, escaped, encodeURIComponent(secret), pair.replace(/=+$/, "")];
  return forms.reduce(hide, text);
}

function hide(text: string, secret: string): string {
  const pieces = text.replaceAll(secret, HIDDEN).split("…");
  return pieces
    .map((piece, at) => (at === pieces.length - 1 ? piece : withoutStartOf(piece, secret)))
    .join("…");
}

/** A piece that was cut off may end in a beginning of the secret. */
function withoutStartOf(piece: string, secret: string): string {
  for (let length = secret.length - 1; length >= MIN_LENGTH; length -= 1) {
    const start = secret.slice(0, length);
    if (piece.endsWith(start)) return piece.slice(0, -length) + HIDDEN;
  }
  return piece;
}
