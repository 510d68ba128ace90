import { shownSigner } from "../room/signer.ts";
import type { CommitRecord } from "../source/spec-source.ts";
import { withoutConfirm, withoutLabelConfirms, type CommitWords } from "./commit-words.ts";

/**
 * The same words where a `Confirm` counts only in a commit that one of these keys signed (`Intent.ConfirmRequiresSignature`); null:
 * in any commit. `signers` are fingerprints. What else a commit says counts unsigned, too: a `Dry-Run` only holds back.
 */
export function withSignedConfirms(
  words: readonly CommitWords[],
  signers: readonly string[] | null,
): readonly CommitWords[] {
  if (signers === null) return words;
  const keys = new Set(signers);
  return words.map((one) => {
    const why = whyUnsigned(one.record, keys);
    const signed = why === null ? one : withoutConfirm(one, NOT_SIGNED(why));
    return withoutLabelConfirms(signed, LABEL_NOT_SIGNED);
  });
}

function whyUnsigned({ signature }: CommitRecord, keys: ReadonlySet<string>): string | null {
  if (signature === undefined) return "was not checked";
  if (signature.kind === "bad") return signature.why;
  return keys.has(signature.key)
    ? null
    : `is signed by ${shownSigner(signature)}, which is not one of them`;
}

const LABEL_NOT_SIGNED =
  "NotSigned: a confirmation counts only in a commit that is signed by a key in Intent.ConfirmSigners, and a label is not signed: " +
  "say it in a new commit that is signed by one of them";

const NOT_SIGNED = (why: string) =>
  `NotSigned: a \`Confirm\` counts only in a commit that is signed by a key in Intent.ConfirmSigners, and this commit ${why}: ` +
  "say it in a new commit that is signed by one of them";
