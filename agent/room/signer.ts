/** Who signed something. */
export interface Signer {
  readonly tool: "gpg" | "ssh";
  /** The fingerprint: 40 hex of a GPG primary key, or `SHA256:…` of an ssh key. */
  readonly key: string;
  /** The GPG key's user id, or the principal in the allowed signers; fit to be shown. */
  readonly name: string;
}

/** The signature of a head that counts. */
export interface VerifiedHead {
  readonly head: string;
  /** Names the mode and the keys that it was checked with. */
  readonly print: string;
  readonly signer: Signer;
}

/** A signer for people. */
export function shownSigner({ tool, key, name }: Signer): string {
  return `${name} (${tool === "gpg" ? "GPG" : "ssh"} key ${key})`;
}
