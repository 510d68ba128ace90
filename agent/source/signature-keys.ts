import { createHash } from "node:crypto";

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

/** Which signatures are checked, and how. Plain data. */
export interface SignatureCheckRequest {
  /** Of which commits a bad signature fails the source. */
  readonly mode: "none" | "head" | "all";
  /** Whether the signatures of commits that may confirm something are reported. */
  readonly ofConfirms: boolean;
  readonly keys: SignatureKeys;
  /** Commits whose signatures one sync checks. */
  readonly most: number;
}

/** Differs where another mode or other keys count. */
export function printOfKeys({ mode, keys }: Pick<SignatureCheckRequest, "mode" | "keys">): string {
  const hash = createHash("sha256").update(`${mode}\n`);
  for (const { bytes } of keys.gpg) hash.update(`gpg ${bytes.length}\n`).update(bytes);
  if (keys.ssh !== null) hash.update(`ssh ${keys.ssh.bytes.length}\n`).update(keys.ssh.bytes);
  return `sha256:${hash.digest("hex")}`;
}
