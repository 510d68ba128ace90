import type { SourceRow } from "../room/rows.ts";
import { confirmingCommit } from "../room/withdrawals.ts";
import type { SyncRequest } from "../source/spec-source.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { filesNotRead } from "./not-read.ts";
import { waitingConfirms } from "./waiting-confirms.ts";

/** What a source knows of the snapshot and the line that a polled head is compared with. */
export async function knownPast(
  { name, trail, left, unrelated, takingIn, observedHead, warnings }: SourceRow,
  { head, believesAncestor }: { readonly head: string; readonly believesAncestor: boolean },
  deps: Pick<IntakeDeps, "store" | "owners" | "steady">,
): Promise<Required<Pick<SyncRequest, "line" | "notRead">>> {
  const heads = left.map((one) => one.head);
  const isHalf = takingIn !== null && takingIn !== head && observedHead !== null;
  const waiting = await waitingConfirms(name, deps);
  const line = {
    trail,
    left: isHalf ? [observedHead, ...heads] : heads,
    believesAncestor,
    accepted: unrelated?.accepted === true ? unrelated.head : null,
    confirming: [...new Set(waiting.flatMap((row) => confirmingCommit(row) ?? []))],
    isHalf,
  };
  return { line, notRead: filesNotRead(warnings) };
}
