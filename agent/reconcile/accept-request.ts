import type { RoomRow } from "../store/rows.ts";
import { auditRecord } from "./audit.ts";
import type { PassCause, ReconcileDeps } from "./pass.ts";
import { judgeVersion } from "./version-law.ts";

/**
 * What `X-Confirm: true` lifts before anything is planned: a dry run that the newest commit asked for, and a specVersion
 * that went down. The removals it confirms are known only after planning.
 */
export async function acceptRequest(
  row: RoomRow,
  cause: PassCause,
  deps: ReconcileDeps,
): Promise<RoomRow> {
  if (!cause.confirm || cause.dryRun || row.head === null) return row;
  const regressed = judgeVersion(row.head, row, deps.options.versionPolicy).kind === "refused";
  if (row.dryRun === null && !regressed) return row;
  const lifted = [
    ...(row.dryRun === null ? [] : ["DryRun"]),
    ...(regressed ? ["SpecVersionRegressed"] : []),
  ];
  const entry = {
    type: "command" as const,
    action: "confirm",
    metadata: { via: "X-Confirm", lifted },
  };
  const record = auditRecord({ row, cause, inputs: row.head }, deps, entry);
  let after = row;
  await deps.rooms.update([row.roomId], async (rows) => {
    const now = rows.get(row.roomId) ?? row;
    // A commit that came in meanwhile was not what the person saw: it keeps its own word.
    if (now.head?.digest === row.head?.digest) after = lift(now, regressed);
    return [
      { kind: "room", row: after },
      { kind: "audit", record },
    ];
  });
  return after;
}

function lift(row: RoomRow, regressed: boolean): RoomRow {
  const versionConfirmed = regressed && row.head !== null ? row.head.digest : row.versionConfirmed;
  return { ...row, dryRun: null, versionConfirmed };
}
