import { fileProblem } from "../kernel/file-problem.ts";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { OperatorError } from "../kernel/errors.ts";
import { Secret } from "../kernel/secret.ts";

/** Where a token or password comes from. */
export type Credential =
  | { readonly kind: "value"; readonly secret: Secret }
  /** An absolute path; the file is read again at each use, so that it may be renewed at any time. */
  | { readonly kind: "file"; readonly path: string; readonly holds: CredentialKind };

/** `secret`: what webhooks are signed with. */
export type CredentialKind = "token" | "password" | "secret";

const MAX_BYTES = 65_536;

/**
 * The token or password as it is now. A byte order mark at the beginning of a file and a line break at its end do not belong
 * to it. Rejects with OperatorError `CredentialUnreadable` when the file cannot be read, is not a regular file, is empty, has several lines, holds what
 * cannot be part of a token or is invisible, or is over 64 KiB, and with the signal's reason.
 */
export async function readCredential(
  credential: Credential,
  signal?: AbortSignal,
): Promise<Secret> {
  if (credential.kind === "value") return credential.secret;
  const { path, holds } = credential;
  const unreadable = (what: string, cause?: unknown) =>
    unreadableFile({ path, holds }, what, cause);
  const bytes = await readBytes(path, unreadable).catch((error: unknown) => {
    throw error instanceof OperatorError
      ? error
      : unreadable(`cannot be read (${fileProblem(error)})`, error);
  });
  signal?.throwIfAborted();
  const text = textOf(bytes, unreadable).replace(/\r?\n$/, "");
  if (text === "") throw unreadable("is empty");
  if (/[\p{Cc}]/u.test(text)) throw unreadable("has several lines or control characters");
  const odd = credential.holds === "token" ? NOT_IN_TOKEN.exec(text) : INVISIBLE.exec(text);
  if (odd !== null) throw unreadable(strange(odd, credential.holds));
  return new Secret(text);
}

/** Waits for no pipe, and reads no more of a file without end than a credential may have. */
async function readBytes(
  path: string,
  unreadable: (what: string) => OperatorError,
): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw unreadable("is not a regular file");
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    let filled = 0;
    for (let count = -1; count !== 0 && filled < bytes.length; filled += count) {
      ({ bytesRead: count } = await file.read(bytes, filled, bytes.length - filled));
    }
    if (filled > MAX_BYTES)
      throw unreadable(`has more than ${MAX_BYTES} bytes; that is not a credential`);
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/** What travels in a header as a token. */
const NOT_IN_TOKEN = /[^\x21-\x7e]/u;

/** Blanks that are not the plain one, marks of direction, characters without width. */
const INVISIBLE = /(?! )[\p{C}\p{Z}]/u;

/** Windows editors begin a file with a byte order mark; some write it in UTF-16. */
function textOf(bytes: Buffer, unreadable: (what: string) => OperatorError): string {
  if (/^(?:fffe|feff)/.test(bytes.toString("hex", 0, 2))) {
    throw unreadable("is written in UTF-16; save it as UTF-8 or ASCII");
  }
  const text = bytes.toString("utf8");
  if (text.includes("\ufffd")) throw unreadable("is not UTF-8");
  return text.replace(/^\ufeff/, "");
}

/** Says which character is wrong, and quotes it only if it is invisible: a visible one may be a part of the secret. */
function strange(odd: RegExpExecArray, holds: CredentialKind): string {
  const [character] = odd;
  const code = character.codePointAt(0) ?? 0;
  const place = `character ${odd.index + 1}`;
  const name =
    INVISIBLE.test(character) || character === " "
      ? ` is U+${code.toString(16).toUpperCase().padStart(4, "0")}`
      : "";
  return holds === "token"
    ? `holds what is not visible ASCII (${place}${name}), which no token has`
    : `holds an invisible character (${place}${name})`;
}

function unreadableFile(
  { path, holds }: { readonly path: string; readonly holds: CredentialKind },
  what: string,
  cause?: unknown,
): OperatorError {
  const wanted = holds === "secret" ? "the secret" : "the token or password";
  return new OperatorError(
    "CredentialUnreadable",
    `The credential file ${path} ${what}; write ${wanted} into it, on one line.`,
    { data: { path }, cause },
  );
}
