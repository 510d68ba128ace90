import type { RoomRow } from "../store/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import type { PassCause, ReconcileDeps } from "./pass.ts";

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
  const regressed = row.refusals.some(({ reason }) => reason === "SpecVersionRegressed");
  if (row.dryRun === null && !regressed) return row;
  const after: RoomRow = {
    ...row,
    dryRun: null,
    versionConfirmed: regressed ? row.head.digest : row.versionConfirmed,
  };
  const lifted = [
    ...(row.dryRun === null ? [] : ["DryRun"]),
    ...(regressed ? ["SpecVersionRegressed"] : []),
  ];
  const entry = {
    type: "command" as const,
    action: "confirm",
    metadata: { via: "X-Confirm", lifted },
  };
  const changes: StoreChange[] = [
    { kind: "room", row: after },
    { kind: "audit", record: auditRecord({ row, cause, inputs: row.head }, deps, entry) },
  ];
  await deps.store.write(changes);
  return after;
}
