import { liftedMetadata } from "../room/confirmed-head.ts";
import type { Room } from "../room/room.ts";
import type { RoomUpdate } from "../store/room-writer.ts";
import { auditRecord } from "./audit.ts";
import type { Planned, ReconcileDeps } from "./pass.ts";
import { reviewOf, versionOf } from "./room-rules.ts";

/**
 * Records what a commit lifts that names the room in `Confirm`, once, in the first pass that would be refused without it: a lower
 * version, and a plan that was not reviewed.
 */
export async function recordConfirmedHead(planned: Planned, deps: ReconcileDeps): Promise<void> {
  const { confirmedHead: said } = planned.row;
  if (said == null || said.digest !== planned.inputs.digest) return;
  const row = { ...planned.row, versionConfirmed: null, planConfirmed: null };
  const verdicts = [
    await versionOf({ ...planned, row }, deps),
    reviewOf({ ...planned, row }, deps),
  ];
  const lifted = verdicts.flatMap((one) => (one.kind === "refused" ? [one.refusal.reason] : []));
  if (lifted.length === 0) return;
  const { digest, ...by } = said;
  const metadata = liftedMetadata(by, lifted);
  await deps.rooms.update([row.roomId], async (rows): Promise<RoomUpdate<void>> => {
    const now = rows.get(row.roomId);
    const isSame = now?.confirmedHead?.commit === by.commit && now.confirmedHead.digest === digest;
    if (now == null || !isSame) return { changes: [], result: undefined };
    const record = auditRecord(planned, deps, { type: "command", action: "confirm", metadata });
    return { changes: [{ kind: "room", row: recorded(now) }, record], result: undefined };
  });
}

function recorded({ confirmedHead: _recorded, ...row }: Room): Room {
  return row;
}
