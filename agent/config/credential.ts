import { readFile } from "node:fs/promises";
import { OperatorError } from "../kernel/errors.ts";
import { Secret } from "../kernel/secret.ts";

/** Where a token or password comes from. */
export type Credential =
  | { readonly kind: "value"; readonly secret: Secret }
  /** An absolute path; the file is read again at each use, so that it may be renewed at any time. */
  | { readonly kind: "file"; readonly path: string };

const MAX_BYTES = 65_536;

/**
 * The token or password as it is now. A line break at the end of a file does not belong to it. Rejects with OperatorError
 * `CredentialUnreadable` when the file cannot be read, is empty, has several lines or is over 64 KiB, and with the
 * signal's reason.
 */
export async function readCredential(
  credential: Credential,
  signal?: AbortSignal,
): Promise<Secret> {
  if (credential.kind === "value") return credential.secret;
  const { path } = credential;
  const bytes = await readFile(path, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unreadable(path, `cannot be read (${codeOf(error)})`, error);
  });
  if (bytes.length > MAX_BYTES)
    throw unreadable(path, `has ${bytes.length} bytes; that is no credential`);
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  if (text === "") throw unreadable(path, "is empty");
  if (/[\p{Cc}]/u.test(text)) throw unreadable(path, "has several lines or control characters");
  return new Secret(text);
}

function unreadable(path: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError(
    "CredentialUnreadable",
    `The credential file ${path} ${what}; write the token or password into it, on one line.`,
    { data: { path }, cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
