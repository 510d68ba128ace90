import type { Item } from "../plan/item.ts";

/** A spec file that was removed while its source prunes: what the agent put into the room goes once a person confirms it. */
export interface PruneMark {
  /** The source that had the room, and where its file was. */
  readonly source: string;
  readonly path: string;
  /** The revision that does not hold the file any more. */
  readonly revision: string;
  /** The commit that removed the file, and who made it; null in a folder. */
  readonly commit: string | null;
  readonly author: string | null;
  /** ISO time. */
  readonly committedAt: string | null;
  /** ISO time at which the agent saw that the file was gone: no two marks of a room have the same. */
  readonly since: string;
}

/** What a prune has done so far. */
export interface PruneProgress {
  /** `since` of its mark. */
  readonly since: string;
  /** Items that the agent removed and a read showed gone, and items that it found gone without having removed them. */
  readonly removed: number;
  readonly found: number;
  /** Items that the agent did not remove and that the last read did not show. */
  readonly missing: readonly Item[];
  /** ISO time since when no read has shown any of them; null: none is missing. */
  readonly missingSince: string | null;
  /** ISO time of the last read that did not show them; absent: not known. */
  readonly missingSeenAt?: string;
  /** As `Pruned` has them, of the last pass that removed something; absent: none did. */
  readonly confirmedBy?: string | null;
  readonly confirmedIn?: string | null;
}

/** A prune that was carried out. */
export interface Pruned {
  /** `since` of its mark. */
  readonly since: string;
  /** See `PruneProgress`; absent: not known. */
  readonly removed?: number;
  readonly found?: number;
  /** Who confirmed it, and in which commit or request; null: nothing was left to be confirmed. */
  readonly confirmedBy: string | null;
  readonly confirmedIn: string | null;
}

/** Whether the sources of a configuration prune, by name. */
export type PruneRule = (source: string) => boolean;
