import { toIso } from "../kernel/clock.ts";
import { PRUNE_OFF } from "../room/prune.ts";
import type { PruneMark } from "../room/prune-mark.ts";
import type { CommitRange, CommitRecord } from "../source/spec-source.ts";

/** What is known of a room of which no file of its source is left. Broken, linked, unread and moved files are files that are left. */
export interface GoneFacts {
  /** `Prune` of the source. */
  readonly prunes: boolean;
  /** Where the room's file was. */
  readonly path: string;
  readonly range: Pick<CommitRange, "history" | "unread" | "commits">;
  /** The source has no commits: a file that was there at the last look and is not at this one was removed. */
  readonly withoutCommits: boolean;
  /** The source was read from another `Url` or `Path` before, and this is the first snapshot of the new one. */
  readonly isNewPlace: boolean;
  /** The head before was found by the same `Ref`. */
  readonly isSameRef: boolean;
  /** How many spec files the snapshot holds. */
  readonly files: number;
  /** A file that came with the snapshot, is not read because of its name, and seems to be the room's; null: none. */
  readonly renamedTo: string | null;
  /** A file of the snapshot is at the path, and names another room. */
  readonly hasOtherRoom: boolean;
  /** What the head has of the room at the place of another source, in words for people; null: nothing. */
  readonly atHead: string | null;
  /** Another source has a file that names the room. */
  readonly isClaimedElsewhere: boolean;
}

/** `removedBy`: the commit that took the file away; null in a folder. `why`: in words for people. */
export type GoneRoom =
  | { readonly kind: "prune"; readonly removedBy: CommitRecord | null }
  | { readonly kind: "orphan"; readonly why: string };

/**
 * Whether what the agent put into a room may be pruned: only where the file itself was seen to be removed, while nothing else
 * explains that it is gone. In doubt the room is an orphan, which a person can still empty or forget. Pure.
 */
export function judgeGone(facts: GoneFacts): GoneRoom {
  const { prunes, path, range, files } = facts;
  if (!prunes) return orphan(PRUNE_OFF);
  if (range.history === "first") return orphan("this is the first snapshot of its source");
  if (range.history === "rewritten") return orphan("the history was rewritten");
  if (!facts.isSameRef) return orphan("its source follows another ref than before");
  if (files === 0) return orphan("its source holds no spec any more");
  if (facts.renamedTo !== null)
    return orphan(`${facts.renamedTo} came with it and is not read because of its name`);
  if (facts.hasOtherRoom) return orphan(`${path} names another room now`);
  if (facts.atHead !== null) return orphan(facts.atHead);
  if (facts.isClaimedElsewhere) return orphan("a file of another source names it");
  if (facts.withoutCommits) return { kind: "prune", removedBy: null };
  const last = range.commits.findLast(({ touches }) => touches.some((one) => one.path === path));
  const touch = last?.touches.find((one) => one.path === path);
  if (last === undefined || touch?.after !== null)
    return orphan(`no commit was seen to remove ${path}`);
  return { kind: "prune", removedBy: last };
}

/**
 * Whether the configuration of its source took the room out, which no commit says: a wrong `Path` must not end in quiet orphans. Not
 * where people were shown why the file is gone: a commit removed it, it was renamed or moved, or the source may be empty.
 */
export function isLeftBehind(facts: GoneFacts): boolean {
  const { range, files, renamedTo, atHead, isClaimedElsewhere } = facts;
  const isKnown = files === 0 || renamedTo !== null || atHead !== null || isClaimedElsewhere;
  if (isKnown) return false;
  return range.history === "first" ? facts.isNewPlace : isOtherBranch(facts);
}

/** The source follows another ref, whose history is not the one that was followed. */
function isOtherBranch({ range, isSameRef }: GoneFacts): boolean {
  return range.history === "rewritten" && !isSameRef;
}

function orphan(why: string): GoneRoom {
  return { kind: "orphan", why };
}

/** What is remembered of a removed file. `revision`: the first without it. */
export function toPruneMark(
  removedBy: CommitRecord | null,
  at: Pick<PruneMark, "source" | "path" | "revision"> & { readonly nowMs: number },
): PruneMark {
  const { source, path, revision, nowMs } = at;
  return {
    source,
    path,
    revision,
    commit: removedBy?.oid ?? null,
    author: removedBy?.author ?? null,
    committedAt: removedBy === null ? null : toIso(removedBy.committedAtMs),
    since: toIso(nowMs),
  };
}
