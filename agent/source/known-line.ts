/** What is known of the line of commits that was followed, except its newest head, and which doubts were settled. */
export interface KnownLine {
  /** Commits known to lie behind the previous head, itself included: a trail that an earlier sync gave, or what is left of it. */
  readonly trail: readonly string[];
  /** Heads that the branch was at before it left them for a history that was not built on them. */
  readonly left: readonly string[];
  /** True: `head` is an ancestor of the previous head, that was checked, and it counts. */
  readonly believesAncestor: boolean;
  /** A head that a person accepted although it shares no commit with the previous one; what is built on it counts, too. */
  readonly accepted: string | null;
  /** Commits of which it matters whether the head is built on them (see `CommitRange.kept`). Absent: none. */
  readonly confirming?: readonly string[];
  /** True: `confirming` may be of a head that never counted, on which nothing needs to be built. Absent: false. */
  readonly isHalf?: boolean;
  /** Commits after which it matters what the branch did, whatever the previous head is (see `CommitRange.since`). Absent: none. */
  readonly since?: readonly string[];
}

export const NO_LINE: KnownLine = { trail: [], left: [], believesAncestor: false, accepted: null };
