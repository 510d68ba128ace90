import { confirmRequest } from "../guardrail/how-to-confirm.ts";
import { asPruned } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import { gateCondition } from "../room/write-gate.ts";
import { confirmCommit } from "./confirm-commit.ts";
import type { SourceInfo } from "./source-view.ts";
import { waysOut } from "./ways-out.ts";

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
  const { roomId, dryRun, refusals } = room;
  const { owner } = asPruned(room);
  const refused = refusals.some((refusal) => refusal.confirmable);
  const source = sources.find(({ name }) => owner?.kind === "git" && name === owner.source) ?? null;
  if (refused) return waysOut(room, source);
  if (dryRun === null || owner?.kind === "api") return null;
  const request = confirmRequest(roomId);
  const commit = confirmCommit(room, source);
  if (commit === null) return `This is a dry run. To carry it out, send ${request}.`;
  const next = commit.afterwards === null ? "" : ` ${commit.afterwards}`;
  return `This is a dry run. To carry it out, push a ${commit.signed ? "signed " : ""}commit with the trailer \`Confirm: ${roomId}\`${commit.branch === null ? "" : ` to ${commit.branch}`}, or one that changes the room without \`Dry-Run\`, or send ${request}.${next}`;
}
