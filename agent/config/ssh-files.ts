import { fileProblem } from "../kernel/file-problem.ts";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { OperatorError } from "../kernel/errors.ts";
import { readBounded } from "./read-bounded.ts";

/** The files that a source signs in with over ssh. Absolute paths. */
export interface SshFiles {
  readonly keyFile: string;
  /** Null: the key has no passphrase. */
  readonly passphraseFile: string | null;
  readonly knownHostsFile: string;
}

const MOST_BYTES = 1024 * 1024;

/**
 * Whether the files can be used as they are now. Rejects with OperatorError `CredentialUnreadable`, whose `data.key` names the key,
 * and with the signal's reason.
 */
export async function checkSshFiles(files: SshFiles, signal?: AbortSignal): Promise<void> {
  const { keyFile, passphraseFile, knownHostsFile } = files;
  const key = await read("KeyFile", keyFile, signal);
  await refuseOpen("KeyFile", keyFile, ", and ssh takes no such key");
  if (/^(?:ssh|ecdsa|sk)-\S+ /.test(key)) {
    throw unusable("KeyFile", keyFile, "is a public key. Name the private one, without .pub");
  }
  if (!key.includes("PRIVATE KEY-----")) {
    throw unusable(
      "KeyFile",
      keyFile,
      "holds no private key. Make one: `ssh-keygen -t ed25519 -f FILE`",
    );
  }
  if (passphraseFile === null && isEncrypted(key)) {
    throw unusable(
      "KeyFile",
      keyFile,
      `is encrypted. Set Auth.PassphraseFile, or take the passphrase off: \`ssh-keygen -p -f ${keyFile}\``,
    );
  }
  if (passphraseFile !== null) {
    const passphrase = await read("PassphraseFile", passphraseFile, signal);
    await refuseOpen("PassphraseFile", passphraseFile, "");
    if (passphrase.trim() === "")
      throw unusable("PassphraseFile", passphraseFile, "is empty. Write the passphrase into it");
  }
  const hosts = await read("KnownHostsFile", knownHostsFile, signal);
  if (!hosts.split("\n").some((line) => /^[^#\s]/.test(line))) {
    throw unusable(
      "KnownHostsFile",
      knownHostsFile,
      "names no host. Fill it with ssh-keyscan, and review it",
    );
  }
}

/** The folder of `path` that holds the program; null if none does. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(":").filter((each) => each.startsWith("/"))) {
    const file = `${folder}/${name}`;
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return null;
}

/** Others than its owner may do nothing with it. `because`: what else comes of that. */
async function refuseOpen(name: string, path: string, because: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  throw unusable(
    name,
    path,
    `has mode ${shown}, so that others may read it${because}. Run \`chmod 600 ${path}\``,
  );
}

async function read(name: string, path: string, signal?: AbortSignal): Promise<string> {
  const bytes = await readBounded(path, MOST_BYTES, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unusable(
      name,
      path,
      `cannot be read (${fileProblem(error)}). Check the path and who may read it`,
    );
  });
  if (bytes.length > MOST_BYTES) throw unusable(name, path, `has more than ${MOST_BYTES} bytes`);
  return bytes.toString("utf8");
}

/** OpenSSH's own form names the cipher at its beginning, the older forms in a header. */
function isEncrypted(key: string): boolean {
  if (/ENCRYPTED/.test(key)) return true;
  const [, body = ""] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)/.exec(key) ?? [];
  const bytes = Buffer.from(body, "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.toString("latin1", 0, magic.length) !== magic) return false;
  const at = magic.length + 4;
  const length = bytes.length < at ? 0 : bytes.readUInt32BE(magic.length);
  return bytes.toString("latin1", at, at + Math.min(length, 64)) !== "none";
}

function unusable(name: string, path: string, what: string): OperatorError {
  const key = `Auth.${name}`;
  return new OperatorError("CredentialUnreadable", `${key}: the file ${path} ${what}.`, {
    data: { key, path },
  });
}
