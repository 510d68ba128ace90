import type { ClockRow } from "./rows.ts";
import type { LabelQuestion } from "./label-question.ts";
import type { KnownRoomServer } from "./known-room-server.ts";
import type { RoomlessDryRuns } from "./roomless-dry-runs.ts";
import type { ForgeRow, PullRequestRow } from "./shown-plan.ts";
import type { StoredSuspension } from "./suspension.ts";
import type { WrittenStatus } from "./written-status.ts";

/** Small things the agent remembers by collection and key. A new one is a line here; the store need not know it. */
export interface Documents {
  /** One document: what time it was when it was last noted. */
  readonly clock: ClockRow;
  /** One document. */
  readonly roomServer: KnownRoomServer;
  /** By `scopeKey`. */
  readonly suspension: StoredSuspension;
  /** By `pullRequestKey`. */
  readonly pullRequest: PullRequestRow;
  /** By the source's name. */
  readonly forge: ForgeRow;
  /** By the source's name. */
  readonly syncStatus: WrittenStatus;
  /** By `questionKey`. */
  readonly labelQuestion: LabelQuestion;
  /** By `roomlessKey`. */
  readonly roomlessDryRuns: RoomlessDryRuns;
}

export type Collection = keyof Documents;

/** A document with its key. */
export type Keyed<C extends Collection> = { readonly key: string; readonly document: Documents[C] };

/** Replaces the document of this key; null takes it away. */
export type DocumentChange = {
  readonly [C in Collection]: {
    readonly kind: "document";
    readonly collection: C;
    readonly key: string;
    readonly document: Documents[C] | null;
  };
}[Collection];

/** The key of a collection's only document. */
export const ONLY = "only";
