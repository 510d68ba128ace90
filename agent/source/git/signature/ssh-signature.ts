import { createHash } from "node:crypto";

/** What an ssh signature says of itself. Nothing of it is proved before `ssh-keygen` has checked it. */
export interface SshSignature {
  /** What the key signed for: `git` for commits. */
  readonly namespace: string;
  readonly hash: string;
  /** The public key as base64, as it stands in a file of keys. */
  readonly key: string;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
}

const ARMOR =
  /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?$/;
const MAGIC = "SSHSIG";

/** Reads the armour and the blob of an ssh signature (OpenSSH's PROTOCOL.sshsig); null: it is not one. */
export function parseSshSignature(armored: Buffer): SshSignature | null {
  const body = ARMOR.exec(armored.toString("latin1"))?.[1];
  if (body === undefined) return null;
  const blob = Buffer.from(body.replaceAll("\n", ""), "base64");
  if (blob.toString("latin1", 0, MAGIC.length) !== MAGIC || blob.length < 10) return null;
  if (blob.readUInt32BE(MAGIC.length) !== 1) return null;
  const parts = fiveStrings(blob.subarray(MAGIC.length + 4));
  if (parts === null) return null;
  const [key, namespace, , hash] = parts;
  if (key.length === 0) return null;
  return {
    namespace: namespace.toString("latin1"),
    hash: hash.toString("latin1"),
    key: key.toString("base64"),
    fingerprint: fingerprintOf(key),
  };
}

type FiveStrings = readonly [Buffer, Buffer, Buffer, Buffer, Buffer];

/** Key, namespace, reserved, hash and signature, each with its length in front, and nothing behind them. */
function fiveStrings(bytes: Buffer): FiveStrings | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && parts.length < 5) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const [key, namespace, reserved, hash, signature] = parts;
  if (at !== bytes.length || !key || !namespace || !reserved || !hash || !signature) return null;
  return [key, namespace, reserved, hash, signature];
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
