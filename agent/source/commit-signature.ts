import type { Signer } from "../room/signer.ts";
import type { SignatureProblem } from "../status/signature-reasons.ts";

/** `why` is read after "The commit <id>". */
export type CommitSignature =
  | ({ readonly kind: "good" } & Signer)
  | { readonly kind: "bad"; readonly reason: SignatureProblem; readonly why: string };
