import { withdrawnByServer } from "../intake/withdrawn-confirmations.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { auditRecord } from "../reconcile/audit.ts";
import { undoMetadata } from "../reconcile/outcome-records.ts";
import { unreadIntents } from "../reconcile/sending/forgotten-intents.ts";
import type { ServerChange } from "../room/known-room-server.ts";
import { onOtherServer } from "../room/room-in-doubt.ts";
import type { Room } from "../room/room.ts";
import type { ConfirmationRow, IntentRow } from "../room/rows.ts";
import { otherRoomServer } from "../room/withdrawals.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";

/** What waits or was begun, by room. */
export interface OpenWorks {
  readonly confirmations: ReadonlyMap<string, readonly ConfirmationRow[]>;
  readonly intents: ReadonlyMap<string, readonly IntentRow[]>;
}

/** What has to be written of a room in one transaction, and what ends with it. */
export interface RoomMoved extends Pick<
  ServerChange,
  "rooms" | "confirmations" | "intents" | "rollbacks"
> {
  readonly changes: readonly StoreChange[];
}

export async function openWorks({
  store,
  steady,
}: {
  readonly store: Pick<Store, "readConfirmations" | "readOpenIntents">;
  readonly steady: Pick<SteadyTime, "nowMs">;
}): Promise<OpenWorks> {
  const byRoom = ({ roomId }: { readonly roomId: string }) => roomId;
  return {
    confirmations: Map.groupBy(await store.readConfirmations(null, steady.nowMs()), byRoom),
    intents: Map.groupBy(await store.readOpenIntents(), byRoom),
  };
}

/** A room once the agent is given another RoomServer: its confirmations, open intents and an open rollback end, by no call. */
export function roomOnOtherServer(
  row: Room,
  given: {
    readonly change: ServerChange;
    readonly open: OpenWorks;
    readonly deps: { readonly trail: AuditTrail; readonly logger: Pick<Logger, "info"> };
  },
): RoomMoved {
  const { change, open, deps } = given;
  const { trail, logger: log } = deps;
  const { roomId } = row;
  const { correlationId } = change;
  const confirmations = open.confirmations.get(roomId) ?? [];
  const intents = open.intents.get(roomId) ?? [];
  const after = onOtherServer(row, change);
  const cause = { correlationId, actor: "operator" };
  const isUndoOpen = (row.quarantine?.pending ?? []).length > 0;
  const changes: readonly StoreChange[] = [
    { kind: "room", row: after },
    ...withdrawnByServer(confirmations, otherRoomServer(change), {
      by: { roomId, correlationId },
      deps: { trail, log },
    }),
    ...unreadIntents({ row, cause, message: unreadText(change) }, intents, deps),
    ...(isUndoOpen ? [undoRecord(after, cause, deps)] : []),
  ];
  return {
    changes,
    rooms: after.inDoubt === row.inDoubt ? 0 : 1,
    confirmations: confirmations.length,
    intents: intents.length,
    rollbacks: isUndoOpen ? 1 : 0,
  };
}

function unreadText({ from, to }: ServerChange): string {
  return `RoomServer.BaseUrl was ${from} and is ${to}, before a read could tell whether this was done: look into the room on ${from}`;
}

/** A rollback that ended with its RoomServer. */
function undoRecord(
  row: Room,
  cause: { readonly correlationId: string; readonly actor: string },
  deps: { readonly trail: AuditTrail },
): StoreChange {
  const { quarantine } = row;
  const inputs = quarantine === null ? row.head : quarantine;
  const metadata = { phase: "ROLLBACK", reason: "RoomServerChanged", ...undoMetadata({ row }) };
  return auditRecord({ row, cause, inputs }, deps, { action: "room.rolledBack", metadata });
}
