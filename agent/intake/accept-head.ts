import type { SourceRow } from "../room/rows.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import type { SourceUpdate } from "./source-record.ts";

export interface AcceptHead {
  /** A 40-hex commit id. */
  readonly head: string;
  readonly actor: string;
  readonly correlationId: string;
}

export type Accepted =
  /** `from` is the head that was ingested, null when none was. Accepting twice changes nothing. */
  | { readonly kind: "accepted"; readonly from: string | null; readonly to: string }
  /** Another head waits for an answer. */
  | { readonly kind: "stale"; readonly head: string }
  | { readonly kind: "notPending" };

/** What a person's acceptance of an unrelated head changes; it is kept until that head is ingested, or the old line is back. */
export function acceptHead(
  now: SourceRow,
  { head, actor, correlationId }: AcceptHead,
  { trail }: Pick<IntakeDeps, "trail">,
): { readonly answer: Accepted; readonly update: SourceUpdate | null } {
  const { unrelated, observedHead: from, name: source } = now;
  if (unrelated === null) return { answer: { kind: "notPending" }, update: null };
  if (unrelated.head !== head) {
    return { answer: { kind: "stale", head: unrelated.head }, update: null };
  }
  const answer = { kind: "accepted", from, to: head } as const;
  if (unrelated.accepted) return { answer, update: null };
  const metadata = { actor, source, from, to: head };
  return {
    answer,
    update: {
      row: { ...now, unrelated: { ...unrelated, accepted: true } },
      changes: [trail.command("source.accepted", metadata, { correlationId })],
    },
  };
}
