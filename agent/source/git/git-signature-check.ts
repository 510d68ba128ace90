import type { VerifiedHead } from "../../room/signer.ts";
import { toSourceFailure } from "../git-failure.ts";
import type { SignatureCheckRequest } from "../signature-check.ts";
import type { CommitRange, CommitRecord } from "../spec-source.ts";
import type { CommitSignature } from "../commit-signature.ts";
import type { GitSession } from "./git-session.ts";
import { bad } from "./signature/bad-signature.ts";
import type { SignatureCall } from "./signature/commit-signatures.ts";
import { verifyRange } from "./signature/verified-range.ts";
import type { RangeCheck } from "./signature/verified-range.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";

/** What the commits of a clone are checked with. */
export function rangeCheck(
  session: Pick<GitSession, "objects" | "signatures">,
  request: SignatureCheckRequest,
  call: Pick<SignatureCall, "signal" | "progress">,
): RangeCheck {
  const read = (oid: string) => session.objects.read(oid, "commit");
  return { request, signatures: session.signatures, call: { ...call, read } };
}

/** Checks a head that counts. It is brought back where the clone does not have it, or has it damaged. */
export async function verifyCounting(
  session: GitSession,
  { head, credentials, request, call }: CountingHead,
): Promise<VerifiedHead | null> {
  await session.open();
  const isHere = session.objects.has(head);
  try {
    if (isHere) return await verifyRange(head, [], rangeCheck(session, request, call));
  } catch (error) {
    if (toSourceFailure(error)?.reason !== "CorruptPack") throw error;
    await session.discard("damaged");
  }
  const { signal, progress } = call;
  await session.restore({ head, credentials, signal, onReceived: progress });
  return verifyRange(head, [], rangeCheck(session, request, call));
}

interface CountingHead {
  readonly head: string;
  readonly credentials: GitCredentials;
  readonly request: SignatureCheckRequest;
  readonly call: Pick<SignatureCall, "signal" | "progress">;
}

/** A commit without this word confirms nothing. */
const MAY_CONFIRM = /confirm/i;

/** The same range with the signatures of the commits that may confirm something, where those are asked for. */
export async function withSignatures(
  range: CommitRange,
  { request, signatures, call }: RangeCheck,
): Promise<CommitRange> {
  if (!request.ofConfirms) return range;
  const speaking = range.commits.filter(({ message }) => MAY_CONFIRM.test(message));
  const newest = speaking.slice(-request.most).map(({ oid }) => oid);
  if (newest.length === 0) return range;
  const found = await signatures.ofAll(newest, request, call);
  const unread = new Set(speaking.map(({ oid }) => oid));
  const signed = (commit: CommitRecord): CommitRecord => {
    const signature = found.get(commit.oid) ?? (unread.has(commit.oid) ? tooMany(request) : null);
    return signature === null ? commit : { ...commit, signature };
  };
  return { ...range, commits: range.commits.map(signed) };
}

function tooMany({ most }: SignatureCheckRequest): CommitSignature {
  return bad("SignatureUnchecked", `is behind ${most} newer ones of one fetch (Verify.MaxCommits)`);
}
