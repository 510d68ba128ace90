/** Who signed something. */
export interface Signer {
  readonly tool: "gpg" | "ssh";
  /** The fingerprint: 40 hex of a GPG primary key, or `SHA256:…` of an ssh key. */
  readonly key: string;
  /** The GPG key's user id, or the principal in the allowed signers; fit to be shown. */
  readonly name: string;
}

/** Why the signature of a commit does not count. */
export type SignatureProblem =
  | "SignatureMissing" // it has none
  | "SignatureInvalid" // it is not of this commit, or not in a form that counts
  | "SignerUnknown" // the key is not among the configured ones
  | "KeyExpired"
  | "KeyRevoked"
  | "SignatureUnchecked"; // the keys or the tool cannot be used

/** `why` is read after "The commit <id>". */
export type CommitSignature =
  | ({ readonly kind: "good" } & Signer)
  | { readonly kind: "bad"; readonly reason: SignatureProblem; readonly why: string };

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
