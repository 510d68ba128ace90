import type { Item } from "../plan/item.ts";

/** What the agent remembers of a pull request of a source. */
export interface PullRequestRow {
  readonly source: string;
  readonly number: number;
  /** The agent's own comment; null: it has none there. */
  readonly commentId: string | null;
  /** Of what the agent wrote there last; absent: not known. */
  readonly commentDigest?: string;
  /**
   * Another plan may stand in the comment than the newest of `plans`: position of the newest label event before the agent began to
   * write it. Null or absent: none does.
   */
  readonly changingAfter?: number | null;
  /** What was shown, newest last; the oldest are dropped. A person confirms by a label what one of them says. */
  readonly plans: readonly ShownPlan[];
}

/** How many plans of a pull request are remembered. */
export const MAX_SHOWN_PLANS = 20;

/** A plan of all rooms that a pull request touches, as it was published. */
export interface ShownPlan {
  /** Commit id of the pull request's head. */
  readonly head: string;
  /** Commit id of the branch's head that it was made against. */
  readonly base: string;
  /** Of all that it says, whatever the order of rooms. */
  readonly digest: string;
  /** ISO time. */
  readonly publishedAt: string;
  /** Position of the pull request's newest label event before the agent began to publish it, and once it was published; 0: it had none. */
  readonly begunAfter: number;
  readonly shownAfter: number;
  /** The ids of the labels that confirm, by name, as they were known then. Absent: none was. */
  readonly labelIds?: Readonly<Record<string, string>>;
  /** By room id. */
  readonly rooms: Readonly<Record<string, ShownRoom>>;
}

export interface ShownRoom {
  /** Of the room's own plan, as `planDigest` makes it. */
  readonly digest: string;
  /** The removals that it said are refused until a person confirms them. */
  readonly refused: readonly Item[];
}

/** What the agent remembers of a source's forge. */
export interface ForgeRow {
  /** The id of each label by its name, as it was first seen: a label of that name with another id is another label. */
  readonly labelIds: Readonly<Record<string, string>>;
  /** The person of the agent's token; null: not known yet. */
  readonly ownId: string | null;
  /** Where all of it was seen, and what its pull requests showed: address of the API and name of the repository. Absent: not known. */
  readonly at?: ForgePlace;
}

/** A repository on a forge. */
export interface ForgePlace {
  readonly apiUrl: string;
  readonly repository: string;
}

/** Key of a pull request's document. */
export function pullRequestKey(source: string, number: number): string {
  return `${source}/${number}`;
}
