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

/** A prune that was carried out. */
export interface Pruned {
  /** `since` of its mark. */
  readonly since: string;
  /** Who confirmed it, and in which commit or request; null: nothing was left to be confirmed. */
  readonly confirmedBy: string | null;
  readonly confirmedIn: string | null;
}

/** Whether the sources of a configuration prune, by name. */
export type PruneRule = (source: string) => boolean;
