import { shownSigner } from "../room/signer.ts";
import type { SourceRow } from "../room/rows.ts";
import { isSignatureReason } from "../status/signature-reasons.ts";
import type { SourceAnswer } from "./status-contract.ts";

type Verified = Pick<SourceAnswer, "conditions" | "signature">;
type SourceCondition = NonNullable<SourceAnswer["conditions"]>[number];

/** `SourceVerified`, and who signed the head; nothing of a source that asks for no signature. */
export function verifiedOf(
  isAsked: boolean,
  row: Pick<SourceRow, "verified" | "observedHead" | "lastError"> | null,
): Verified {
  if (!isAsked) return {};
  const condition = conditionOf(row);
  const conditions = [{ type: "SourceVerified" as const, ...condition }];
  const verified = countingOf(row);
  if (verified === null) return { conditions };
  const { head, signer, since } = verified;
  const { key, name, tool } = signer;
  return { conditions, signature: { head, tool, key, name, since } };
}

function conditionOf(
  row: Pick<SourceRow, "verified" | "observedHead" | "lastError"> | null,
): Omit<SourceCondition, "type"> {
  const lastError = row?.lastError ?? null;
  if (lastError !== null && isSignatureReason(lastError.reason)) {
    const { reason, message, since } = lastError;
    const status = reason === "SignatureUnchecked" ? "Unknown" : "False";
    return { status, reason, message, lastTransitionTime: since };
  }
  const verified = countingOf(row);
  if (verified === null) {
    const message = "The signature of no commit was checked since the source asks for one.";
    return { status: "Unknown", reason: "NotYetPolled", message, lastTransitionTime: null };
  }
  const { head, signer, since } = verified;
  const message = `The commit ${head} is signed by ${shownSigner(signer)}.`;
  return { status: "True", reason: "SignatureVerified", message, lastTransitionTime: since };
}

function countingOf(row: Pick<SourceRow, "verified" | "observedHead"> | null) {
  const verified = row?.verified ?? null;
  return verified !== null && verified.head === row?.observedHead ? verified : null;
}
