import type { Room } from "../room/room.ts";
import { lostProblem } from "../room/judge-owner.ts";
import { pruneText } from "../room/prune.ts";
import { ORPHANED } from "../room/room-conditions.ts";
import type { AuditRecord } from "../status/audit-record.ts";

/** What the audit says of a room that has no owner any more. */
export const ORPHAN = { reason: "NoSpec", message: ORPHANED } as const;

/** Action and metadata of the record of a room that lost its owner with its file. */
export function goneRecord(row: Room): [action: string, metadata: AuditRecord["metadata"]] {
  const { lostOwner } = row;
  const problem = lostProblem(row);
  return lostOwner === null || problem === null
    ? ["room.orphaned", orphanMetadata(row)]
    : ["room.ownerLost", { path: lostOwner.path, ...problem }];
}

/** Why nothing of the room is pruned is said where its file is gone. */
function orphanMetadata(row: Room): AuditRecord["metadata"] {
  const { prune, notPruned, headProblem } = row;
  const waits = headProblem?.waitsFor === undefined ? null : headProblem;
  const orphan = waits === null ? ORPHAN : { reason: waits.reason, message: waits.message };
  if (prune == null) return { ...orphan, ...(notPruned === undefined ? {} : { notPruned }) };
  const { commit, path } = prune;
  return { reason: "PrunePending", message: pruneText(prune, row), commit, path };
}
