import type { SourceRow } from "../room/rows.ts";
import type { SyncRequest } from "../source/spec-source.ts";
import { filesNotRead } from "./not-read.ts";

/** What a source knows of the snapshot and the line that a polled head is compared with. */
export function knownPast(
  { trail, left, unrelated, takingIn, observedHead, warnings }: SourceRow,
  head: string,
  believesAncestor: boolean,
): Required<Pick<SyncRequest, "line" | "notRead">> {
  const heads = left.map((one) => one.head);
  const half = takingIn !== null && takingIn !== head && observedHead !== null;
  const line = {
    trail,
    left: half ? [observedHead, ...heads] : heads,
    believesAncestor,
    accepted: unrelated?.accepted === true ? unrelated.head : null,
  };
  return { line, notRead: filesNotRead(warnings) };
}
