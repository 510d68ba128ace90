import type { SourceRow } from "../room/rows.ts";
import type { KnownLine } from "../source/spec-source.ts";

/** What a source knows of the line that a polled head is compared with. */
export function knownLine(
  { trail, left, unrelated, takingIn, observedHead }: SourceRow,
  head: string,
  believesAncestor: boolean,
): KnownLine {
  const heads = left.map((one) => one.head);
  const half = takingIn !== null && takingIn !== head && observedHead !== null;
  return {
    trail,
    left: half ? [observedHead, ...heads] : heads,
    believesAncestor,
    accepted: unrelated?.accepted === true ? unrelated.head : null,
  };
}
