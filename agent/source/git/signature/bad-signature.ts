import type { SignatureProblem } from "../../../status/signature-reasons.ts";
import type { CommitSignature } from "../../commit-signature.ts";

/** `why` is read after "The commit <id>". */
export function bad(reason: SignatureProblem, why: string): CommitSignature {
  return { kind: "bad", reason, why };
}
