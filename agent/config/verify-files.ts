import { fileProblem } from "../kernel/file-problem.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { VerifyConfig } from "./config.ts";
import { readBounded } from "./read-bounded.ts";

/** A file with public keys, as it is now. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What signatures are checked with. Plain data. */
export interface SignatureKeys {
  /** Each holds public GPG keys. */
  readonly gpg: readonly KeyFile[];
  /** Allowed signers of ssh; null: no ssh key counts. */
  readonly ssh: KeyFile | null;
}

const MOST_BYTES = 1024 * 1024;

/** A line of allowed signers: principals, options where there are any, a kind of key, and the key. */
const SSH_LINE = /^[^#\s].*\s(?:ssh-|ecdsa-|sk-)\S+\s+[A-Za-z0-9+/]{16,}={0,2}(?:\s|$)/m;

/**
 * The keys as they are in their files now. Rejects with OperatorError `SignatureUnchecked`, whose `data.key` names the key, for a file
 * that cannot be one of keys, and with the signal's reason.
 */
export async function readVerifyFiles(
  { keyFiles, allowedSignersFile }: Pick<VerifyConfig, "keyFiles" | "allowedSignersFile">,
  signal?: AbortSignal,
): Promise<SignatureKeys> {
  const gpg: KeyFile[] = [];
  for (const [at, path] of keyFiles.entries()) {
    const file = await readKeys(`Verify.KeyFiles[${at}]`, path, signal);
    refuseOtherThanGpg(`Verify.KeyFiles[${at}]`, file);
    gpg.push(file);
  }
  if (allowedSignersFile === null) return { gpg, ssh: null };
  const ssh = await readKeys("Verify.AllowedSignersFile", allowedSignersFile, signal);
  if (!SSH_LINE.test(Buffer.from(ssh.bytes).toString("latin1"))) {
    const what =
      "names no signer. A line holds a principal and a public key: ada@example.org ssh-ed25519 AAAA…";
    throw unusable("Verify.AllowedSignersFile", ssh.path, what);
  }
  return { gpg, ssh };
}

function refuseOtherThanGpg(key: string, { path, bytes }: KeyFile): void {
  const text = Buffer.from(bytes).toString("latin1");
  if (text.includes("PRIVATE KEY"))
    throw unusable(key, path, "holds a private key. Export the public one: gpg --armor --export");
  // Every packet of OpenPGP begins with this bit.
  const isBinary = ((bytes[0] ?? 0) & 0x80) !== 0;
  if (!isBinary && !text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----"))
    throw unusable(key, path, "holds no public GPG key. Make it by: gpg --armor --export");
}

async function readKeys(key: string, path: string, signal?: AbortSignal): Promise<KeyFile> {
  const bytes = await readBounded(path, MOST_BYTES, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unusable(
      key,
      path,
      `cannot be read (${fileProblem(error)}). Check the path and who may read it`,
    );
  });
  if (bytes.length > MOST_BYTES)
    throw unusable(key, path, `has more than ${MOST_BYTES} bytes. Split it into several`);
  if (bytes.length === 0) throw unusable(key, path, "is empty. Write public keys into it");
  return { path, bytes };
}

function unusable(key: string, path: string, what: string): OperatorError {
  return new OperatorError("SignatureUnchecked", `${key}: the file ${path} ${what}.`, {
    data: { key, path },
  });
}
