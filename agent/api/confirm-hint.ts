import { isByCommit } from "../room/is-by-commit.ts";
import { confirmRequest, howToConfirm, onBranch } from "../guardrail/how-to-confirm.ts";
import { confirmCommit, pushTo } from "./confirm-commit.ts";
import type { SourceInfo } from "./source-view.ts";
import { commitOf } from "../room/revision.ts";
import type { Room } from "../room/room.ts";
import { gateCondition } from "../room/write-gate.ts";
import type { Reason } from "../status/reasons.ts";

/** What allows the removals a room is being refused now, in words a person can follow; null when nothing is to be allowed. */
export function confirmHint(room: Room, sources: readonly SourceInfo[]): string | null {
  // Its condition says how: the same request, or an acknowledgement for all rooms.
  const observed = room.conditions.find(({ reason }) => reason === "ObserveOnly");
  if (observed !== undefined) return observed.message;
  const hint = hintOf(room, sources);
  const closed = gateCondition(room.conditions);
  if (hint === null || closed === undefined) return hint;
  return `${closed.message}. What waits behind that: ${hint} POST /apply is refused until the ${closed.toEnd} has ended`;
}

function hintOf(room: Room, sources: readonly SourceInfo[]): string | null {
  const { roomId, owner, dryRun, refusals } = room;
  const refused = refusals.some((refusal) => refusal.confirmable);
  const request = confirmRequest(roomId);
  // No commit speaks for a posted room.
  if (owner?.kind === "api") return refused ? `Confirm: ${request}.` : null;
  const source = sources.find(({ name }) => owner?.kind === "git" && name === owner.source) ?? null;
  const commit = confirmCommit(room, source);
  if (refused) return howToConfirm(roomId, { commit, reject: howToReject(room, source) });
  if (dryRun === null) return null;
  if (commit === null) return `This is a dry run. To carry it out, send ${request}.`;
  return `This is a dry run. To carry it out, push a ${commit.signed ? "signed " : ""}commit with the trailer \`Confirm: ${roomId}\`${commit.branch === null ? "" : ` to ${commit.branch}`}, or one that changes the room without \`Dry-Run\`, or send ${request}.`;
}

/** Refused because of what commits took out of the spec: to take the file back is the way to say no. */
const BY_COMMIT: ReadonlySet<Reason> = new Set([
  "KickLimitExceeded",
  "DeleteLimitExceeded",
  "ChangeThresholdExceeded",
  "CriticalPolicyRemoval",
]);

/** Null where nothing would be removed, or no file names the room. */
export function howToReject(room: Room, source: SourceInfo | null): string | null {
  const { owner, refusals } = room;
  if (owner?.kind !== "git" || refusals.every(({ items }) => items.length === 0)) return null;
  if (!isByCommit(room)) return `Reject: name what is to stay in ${owner.path} and save it.`;
  const path = shellWord(owner.path);
  const kept = keptCommit(room);
  const isRemoval = refusals.every(({ reason }) => BY_COMMIT.has(reason));
  const commit = confirmCommit(room, source);
  if (!isRemoval || kept === null || commit === null)
    return `Reject: name what is to stay in ${path} and ${pushTo(source?.ref ?? null)}.`;
  const command = `git checkout ${kept} -- ${path} && git commit -m "Reject removals" && git push`;
  const next = commit.afterwards === null ? "" : ` ${commit.afterwards}`;
  return `Reject: \`${command}\`${onBranch(commit.branch)}, which takes the file back to what the room is kept at.${next}`;
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
  return isKept && isInHistory ? commitOf(verified.revision).slice(0, SHORT_ID) : null;
}

/** Digits of a commit's id, enough for a large repository. */
const SHORT_ID = 12;

/** A path as a shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
