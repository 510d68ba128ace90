import type { SuspicionKind } from "../plan/suspicious-read.ts";

/**
 * A read of a room that could not be believed (L5). Removals are held until a second one, on a new connection and later,
 * shows the same; from then on (`acceptedAt`) that set is believed for as long as it is read.
 */
export interface Suspicion {
  readonly kind: SuspicionKind;
  /** What is odd about the read, in words. */
  readonly message: string;
  /** ISO time at which removals began to be held. */
  readonly since: string;
  /** How many things that the agent put there the read did not show; absent: not known. */
  readonly missing?: number;
  /** How many things it showed; absent: not known. */
  readonly shown?: number;
  /** Digest of the set of entities and artifacts that was read, and ISO time of its first read. */
  readonly digest: string;
  readonly seenAt: string;
  /** ISO time; null while removals are held. */
  readonly acceptedAt: string | null;
}
