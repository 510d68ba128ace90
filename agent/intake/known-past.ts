import type { SourceRow } from "../room/rows.ts";
import { confirmingCommit } from "../room/withdrawals.ts";
import type { SyncRequest } from "../source/spec-source.ts";
import { filesNotRead } from "./not-read.ts";
import { waitingConfirms, type WaitingDeps } from "./waiting-confirms.ts";

/** What a source knows of the snapshot and the line that a polled head is compared with. */
export async function knownPast(
  row: SourceRow,
  { head, believesAncestor }: { readonly head: string; readonly believesAncestor: boolean },
  deps: WaitingDeps,
): Promise<Required<Pick<SyncRequest, "line" | "notRead">>> {
  const { trail, left, unrelated, takingIn, observedHead, warnings } = row;
  const heads = left.map((one) => one.head);
  const isHalf = takingIn !== null && takingIn !== head && observedHead !== null;
  const { followed, unfollowed } = await waitingConfirms(row, deps);
  const confirming = followed.map((one) => confirmingCommit(one));
  const accepting =
    observedHead === null ? [] : deps.owners.acceptedOf(row.name).map(([, by]) => by);
  const line = {
    trail,
    left: isHalf ? [observedHead, ...heads] : heads,
    believesAncestor,
    accepted: unrelated?.accepted === true ? unrelated.head : null,
    confirming: [...new Set([...confirming, ...accepting].filter((one) => one !== null))],
    isHalf,
    since: [...new Set(unfollowed.map(({ since }) => since))],
  };
  return { line, notRead: filesNotRead(warnings) };
}
