import type { Refusal } from "../guardrail/guardrail.ts";
import { howToConfirm, onBranch } from "../guardrail/how-to-confirm.ts";
import { shellWord } from "../kernel/shell-word.ts";
import { pushTo } from "../room/after-push.ts";
import { isByCommit } from "../room/is-by-commit.ts";
import { asPruned } from "../room/prune.ts";
import { commitOf } from "../room/revision.ts";
import type { Room } from "../room/room.ts";
import type { Reason } from "../status/reasons.ts";
import { confirmCommit, followedBranch } from "./confirm-commit.ts";
import type { SourceInfo } from "./source-view.ts";

/**
 * How a person allows what guardrails refuse in a room, and what they do instead; `source`: the one that has the room, or had it until
 * its file was removed; null where it is not configured.
 */
export function waysOut(room: Room, source: SourceInfo | null): string {
  const seen = asPruned(room);
  const commit = confirmCommit(seen, source);
  const reject = instead(seen, source);
  return howToConfirm(room.roomId, { commit, reject, subject: confirmSubject(room) });
}

/** What a person does instead of a confirmation; null where no file names the room, or that is not known. */
export function otherWay(room: Room, source: SourceInfo | null): string | null {
  return instead(asPruned(room), source);
}

/** The subject of a commit that confirms what waits in a room. */
export function confirmSubject({ refusals }: Pick<Room, "refusals">): string {
  const open = refusals.filter(({ confirmable }) => confirmable);
  if (open.length === 0) return "Carry out the plan";
  if (open.some(({ items }) => items.length > 0)) return "Confirm removals";
  return open.every(isVersion) ? "Confirm version" : "Confirm plan";
}

function isVersion({ reason }: Refusal): boolean {
  return reason === "SpecVersionRegressed";
}

/** What ends the refusals without a confirmation; null where no file names the room, or that is not known. */
function instead(room: Room, source: SourceInfo | null): string | null {
  const { owner, refusals } = room;
  if (owner?.kind !== "git") return null;
  const isRemoving = refusals.some(({ items }) => items.length > 0);
  const raised = refusals.some(isVersion) ? raisedVersion(room) : null;
  if (isRemoving) return howToReject(room, { source, owner, raised });
  if (raised === null) return null;
  const path = shellWord(owner.path);
  return `Or ${raised} in ${path} and ${sent(room, source)}${pushedAgain(room, source)}.`;
}

function raisedVersion({ appliedVersion }: Room): string | null {
  return appliedVersion === null
    ? null
    : `raise metadata.version above ${appliedVersion.specVersion}`;
}

/** How a corrected file gets to the agent. */
function sent(room: Room, source: SourceInfo | null): string {
  return isByCommit(room) ? pushTo(source?.ref ?? null) : "save it";
}

/** The other way out where a force-push brought what is refused; empty where none did, or no branch is followed. */
function pushedAgain({ rewritten }: Room, source: SourceInfo | null): string {
  const branch = followedBranch(source);
  if (rewritten === null || branch === null) return "";
  const commit = shortId(rewritten.from);
  return `, or push the revision before the force-push again from a clone that has it: \`git push --force origin ${commit}:${shellWord(branch)}\``;
}

interface Rejecting {
  readonly source: SourceInfo | null;
  readonly owner: { readonly path: string };
  /** What is to be done about the version as well; null: nothing. */
  readonly raised: string | null;
}

/** Refused because of what commits did to the spec: to take the file back is the way to say no. */
const BY_COMMIT: ReadonlySet<Reason> = new Set([
  "KickLimitExceeded",
  "DeleteLimitExceeded",
  "ChangeThresholdExceeded",
  "CriticalPolicyRemoval",
  "SpecVersionRegressed",
]);

function howToReject(room: Room, { source, owner, raised }: Rejecting): string {
  const { refusals } = room;
  const path = shellWord(owner.path);
  if (refusals.some(({ reason }) => reason === "PruneNeedsConfirm"))
    return `Reject: add ${path} again and ${sent(room, source)}, or send \`DELETE /rooms/${room.roomId}\`, which leaves the room as it is.`;
  const kept = keptCommit(room);
  const isRemoval = refusals.every(({ reason }) => BY_COMMIT.has(reason));
  const commit = confirmCommit(room, source);
  if (!isRemoval || kept === null || commit === null) {
    const also = raised === null ? "" : `, ${raised}`;
    return `Reject: name what is to stay in ${path}${also} and ${sent(room, source)}${pushedAgain(room, source)}.`;
  }
  const command = `${gitFor(owner.path)} checkout ${kept} -- ${path} && git commit -m "Reject removals" && git push`;
  const next = commit.afterwards === null ? "" : ` ${commit.afterwards}`;
  return `Reject: \`${command}\`${onBranch(commit.branch)}, which takes the file back to what the room is kept at.${next}`;
}

/** git takes a path for a pattern: one that could name other files is to be taken as it is. */
function gitFor(path: string): string {
  return /[*?[\]\\:(]/.test(path) ? "git --literal-pathspecs" : "git";
}

/**
 * The commit, shortened, whose file the room is kept at. Null where the file of the newest commit is the same, was at another
 * path, or is not known to be in the history that the newest commit is built on: one of another source, or before a force-push.
 */
function keptCommit(room: Room): string | null {
  const { owner, head, enforced, verified, lineage, appliedVersion: applied } = room;
  if (owner?.kind !== "git" || head === null || verified === null) return null;
  const isKept = enforced?.digest === verified.digest && head.specOid !== verified.specOid;
  const isInHistory =
    verified.path === owner.path &&
    lineage !== null &&
    applied?.lineage === lineage &&
    applied.specDigest === verified.specDigest;
  return isKept && isInHistory ? shortId(verified.revision) : null;
}

/** Digits of a commit's id, enough for a large repository. */
const SHORT_ID = 12;

function shortId(revision: string): string {
  return commitOf(revision).slice(0, SHORT_ID);
}
