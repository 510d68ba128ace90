import { isByCommit } from "../room/is-by-commit.ts";
import { confirmRequest, howToConfirm, onBranch } from "../guardrail/how-to-confirm.ts";
import { confirmCommit, followedBranch, pushTo } from "./confirm-commit.ts";
import type { SourceInfo } from "./source-view.ts";
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

/** Refused because of what a commit took out of the spec: a revert of that commit is the way to say no. */
const BY_COMMIT: ReadonlySet<Reason> = new Set([
  "KickLimitExceeded",
  "DeleteLimitExceeded",
  "ChangeThresholdExceeded",
  "CriticalPolicyRemoval",
]);

/** Null where nothing would be removed, or no file names the room. */
function howToReject(room: Room, source: SourceInfo | null): string | null {
  const { owner, refusals, head, verified } = room;
  if (owner?.kind !== "git" || refusals.every(({ items }) => items.length === 0)) return null;
  if (!isByCommit(room)) return `Reject: name what is to stay in ${owner.path} and save it.`;
  const path = shellWord(owner.path);
  const isRemoval =
    verified !== null &&
    verified.digest !== head?.digest &&
    refusals.every(({ reason }) => BY_COMMIT.has(reason));
  return isRemoval
    ? `Reject: \`git revert --no-edit $(git log -1 --format=%h -- ${path}) && git push\`${onBranch(followedBranch(source))}.`
    : `Reject: name what is to stay in ${path} and ${pushTo(source?.ref ?? null)}.`;
}

/** A path as a shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
