import type { Signer } from "../room/signer.ts";

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
