import type { UsedConfirms } from "./used-confirms.ts";

/**
 * An unbroken line of heads, each built on the one before. Of two heads of one line the later descends from the earlier; of
 * heads of two lines nothing is known.
 */
export interface SourceLineage {
  /** How many lines the source has had, this one included. */
  readonly count: number;
  /** Names the line among those of all sources. */
  readonly id: string;
}

/** What the agent remembers of the history of a source: how its head came about, and which other heads there were. */
export interface SourceHistory {
  /** The line of heads `observedHead` is the newest of; null before the first. */
  readonly lineage: SourceLineage | null;
  /** ISO time since when this repository and folder are followed; null where that is not known. */
  readonly followedSince: string | null;
  /** Commits known to lie behind `observedHead`, newest first, itself included; a few of many. */
  readonly trail: readonly string[];
  /** Heads that the branch left for a history that was not built on them, newest first, with their lines. */
  readonly left: readonly { readonly head: string; readonly lineage: SourceLineage | null }[];
  /** What the source read under this configuration, and what any source had read before it had this configuration. */
  readonly usedConfirms: UsedConfirms;
  /** A head that was found to share no commit with `observedHead`; null when there is none. */
  readonly unrelated: {
    readonly head: string;
    /** The tag that it was found at; absent where no tag is followed. */
    readonly tag?: string;
    /** Whether all of its history was compared. */
    readonly whole: boolean;
    /** As the source's error says it. */
    readonly message: string;
    /** Why the poll before it failed, where that was a redirect or a missing repository. */
    readonly after: string | null;
    /** Whether a person accepted it. */
    readonly accepted: boolean;
  } | null;
  /** ISO time of a poll that went well, no more than an hour before the last one that did; null before the first. */
  readonly lastGood: string | null;
}
