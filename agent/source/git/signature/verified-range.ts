import { gitFailure } from "../../git-failure.ts";
import type { VerifiedHead } from "../../../room/signer.ts";
import type { CommitSignature } from "../../commit-signature.ts";
import { printOfKeys } from "../../signature-check.ts";
import type { SignatureCheckRequest } from "../../signature-check.ts";
import type { CommitSignatures, SignatureCall } from "./commit-signatures.ts";

/** What a source asks to be checked, and with what. */
export interface RangeCheck {
  readonly request: SignatureCheckRequest;
  readonly signatures: CommitSignatures;
  readonly call: SignatureCall;
}

/**
 * Checks what `Verify.Mode` asks for: the head, or with it every commit that is new. Null where nothing is asked. Throws the reason of
 * the first signature that does not count.
 */
export async function verifyRange(
  head: string,
  fresh: readonly string[],
  { request, signatures, call }: RangeCheck,
): Promise<VerifiedHead | null> {
  const { mode, most } = request;
  if (mode === "none") return null;
  const oids = mode === "all" ? [...new Set([...fresh, head])] : [head];
  if (oids.length > most) throw tooMany(oids.length, most);
  const found = await signatures.untilBad(oids, request, call);
  for (const oid of oids) {
    const signature = found.get(oid);
    if (signature?.kind === "bad") throw refusal(oid, signature, { head, mode });
  }
  const signer = found.get(head);
  if (signer?.kind !== "good") throw new Error("a head without a signature passed its check");
  const { tool, key, name } = signer;
  return { head, print: printOfKeys(request), signer: { tool, key, name } };
}

function tooMany(count: number, most: number): Error {
  return gitFailure(
    "LimitExceeded",
    `There are ${count} new commits, and Verify.Mode "all" checks the signature of each (limit Verify.MaxCommits: ${most}). ` +
      "Rooms keep what was accepted last. Raise Verify.MaxCommits for this source, or bring the branch on in smaller steps.",
  );
}

function refusal(
  oid: string,
  { reason, why }: Extract<CommitSignature, { kind: "bad" }>,
  { head, mode }: { readonly head: string; readonly mode: "head" | "all" },
): Error {
  const place = oid === head ? "the newest" : `behind the newest, ${head}`;
  const next =
    mode === "head"
      ? "Push a commit that is signed by a configured key, or add the key to Verify of this source."
      : "Push a history in which each new commit is signed by a configured key, or add the key to Verify of this source.";
  return gitFailure(
    reason,
    `The commit ${oid} (${place}) ${why}. Verify.Mode is "${mode}": nothing of it is carried out, and rooms keep what was accepted last. ${next}`,
  );
}
