import type { RoomRow } from "../store/rows.ts";
import type { StoreChange } from "../store/store.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import { auditRecord } from "./audit.ts";
import { isQuarantined } from "./choose-desired.ts";
import type { PassCause, ReconcileDeps } from "./pass.ts";
import { versionVerdict } from "./version-verdict.ts";

/**
 * What a person's request lifts before anything is planned: a quarantine; and with `X-Confirm: true` observe-only for this room,
 * a dry run that the newest commit asked for, and a specVersion that went down. The removals it confirms are known only after
 * planning. Gives back the row the pass goes on with.
 */
export async function acceptRequest(
  row: RoomRow,
  cause: PassCause,
  deps: ReconcileDeps,
): Promise<RoomRow> {
  return acceptConfirm(await acceptRetry(row, cause, deps), cause, deps);
}

/** What was rolled back is tried again, by a request of a person and only by that. */
async function acceptRetry(row: RoomRow, cause: PassCause, deps: ReconcileDeps): Promise<RoomRow> {
  const { quarantine } = row;
  if (!cause.retry || quarantine === null || !isQuarantined(row)) return row;
  const record = auditRecord({ row, cause, inputs: row.head }, deps, {
    type: "command",
    action: "retry",
    metadata: { quarantined: quarantine.revision, since: quarantine.since },
  });
  let after: RoomRow = row;
  await deps.rooms.update([row.roomId], async (rows): Promise<readonly StoreChange[]> => {
    const now = rows.get(row.roomId) ?? row;
    after = { ...now, quarantine: null };
    return [
      { kind: "room", row: after },
      { kind: "audit", record },
    ];
  });
  return after;
}

async function acceptConfirm(
  row: RoomRow,
  cause: PassCause,
  deps: ReconcileDeps,
): Promise<RoomRow> {
  if (!cause.confirm || cause.dryRun) return row;
  if (deps.hold.why(row.roomId) !== null) {
    await deps.hold.release(row.roomId, [
      { kind: "audit", record: liftRecord({ row, cause }, ["ObserveOnly"], deps) },
    ]);
  }
  const { head, dryRun } = row;
  if (head === null) return row;
  const isRegressed = (await versionVerdict(head, row, deps)).kind === "refused";
  const lifted = [
    ...(dryRun === null ? [] : ["DryRun"]),
    ...(isRegressed ? ["SpecVersionRegressed"] : []),
  ];
  if (lifted.length === 0) return row;
  const record = liftRecord({ row, cause }, lifted, deps);
  let after = row;
  await deps.rooms.update([row.roomId], async (rows): Promise<readonly StoreChange[]> => {
    const now = rows.get(row.roomId) ?? row;
    after = {
      ...now,
      // A commit that asked for another dry run meanwhile was not what the person saw.
      dryRun: now.dryRun?.commit === dryRun?.commit ? null : now.dryRun,
      versionConfirmed: isRegressed ? head.digest : now.versionConfirmed,
    };
    return [
      { kind: "room", row: after },
      { kind: "audit", record },
    ];
  });
  return after;
}

function liftRecord(
  { row, cause }: { readonly row: RoomRow; readonly cause: PassCause },
  lifted: readonly string[],
  deps: ReconcileDeps,
): AuditRecord {
  return auditRecord({ row, cause, inputs: row.head }, deps, {
    type: "command",
    action: "confirm",
    metadata: { via: "X-Confirm", lifted: [...lifted] },
  });
}
