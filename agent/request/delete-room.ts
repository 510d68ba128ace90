import { toIso, type Clock } from "../kernel/clock.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import { ORPHAN } from "../intake/orphan-metadata.ts";
import { orphaned } from "../intake/room-intake.ts";
import { forgottenIntents } from "../reconcile/sending/forgotten-intents.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import { standingFact, type RoomOwners } from "../intake/source-index.ts";
import type { SyncTracker } from "../intake/sync-tracker.ts";
import { keepRoomless, leftOfRow } from "../room/roomless-dry-runs.ts";
import type { Room } from "../room/room.ts";
import type { Store, StoreChange } from "../store/store.ts";
import { withdrawnByDelete, type WithdrawnDeps } from "../intake/withdrawn-confirmations.ts";
import type { RoomCommand } from "./requests.ts";

export interface DeleteRoomDeps {
  readonly store: Pick<Store, "readOpenIntents" | "readDocuments"> & WithdrawnDeps["store"];
  readonly steady: WithdrawnDeps["steady"];
  readonly rooms: RoomWriter;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly queue: Pick<WorkQueue, "add">;
  readonly owners: RoomOwners;
  readonly tracker: Pick<SyncTracker, "forget">;
  /** Called with a room that lost its owner: a source whose file names it may take it over. */
  readonly released: (roomIds: readonly string[]) => void;
  /** The record of who asked. */
  readonly record: (
    action: "room.orphaned" | "room.forgotten",
    metadata: Readonly<Record<string, JsonValue>>,
  ) => StoreChange;
}

export type DeleteRoomEnd =
  | { readonly kind: "orphaned" | "forgotten" | "unknown" }
  /** Git owns it. */
  | { readonly kind: "managed"; readonly row: Room };

interface Deleted {
  readonly end: DeleteRoomEnd;
  /** The room as it stays; null where it does not, or is not touched. */
  readonly orphan: Room | null;
}

/**
 * Stops managing a room. A posted spec's room becomes an orphan; one without an owner is forgotten: its row and what belongs to
 * it go, its history, its audit and its dry runs stay. Nothing is written to the room itself.
 */
export async function deleteRoom(
  request: RoomCommand,
  deps: DeleteRoomDeps,
): Promise<DeleteRoomEnd> {
  const { roomId } = request;
  const { store, rooms, owners, tracker, clock, queue, released, record } = deps;
  const { end, orphan } = await rooms.update<Deleted>([roomId], async (found) => {
    const row = found.get(roomId) ?? null;
    const end = endOf(row);
    if (row === null || end.kind === "managed")
      return { changes: [], result: { end, orphan: null } };
    if (end.kind === "forgotten") {
      const gone = record("room.forgotten", lostBy(row));
      // What no read has settled may have been done in the room, and stays on record.
      const open = await store.readOpenIntents(roomId);
      const ended = forgottenIntents({ row, cause: request }, open, deps);
      const kept = await store.readDocuments("roomlessDryRuns");
      const left = { source: null, roomId, ...leftOfRow(row), since: toIso(clock.nowMs()) };
      const forgotten = { kind: "roomForgotten", roomId } as const;
      const changes = [...ended, forgotten, ...keepRoomless(kept, [left]), gone];
      return { changes, result: { end, orphan: null } };
    }
    const orphan = orphaned(row, toIso(clock.nowMs()));
    const left = record("room.orphaned", ORPHAN);
    const withdrawn = await withdrawnByDelete(request, deps);
    const changes: readonly StoreChange[] = [{ kind: "room", row: orphan }, left, ...withdrawn];
    return { changes, result: { end, orphan } };
  });
  if (end.kind === "unknown" || end.kind === "managed") return end;
  tracker.forget(roomId);
  if (orphan === null) owners.drop(roomId);
  else {
    owners.set(roomId, standingFact(orphan));
    queue.add(roomId, "git");
  }
  released([roomId]);
  return end;
}

function endOf(row: Room | null): DeleteRoomEnd {
  if (row === null) return { kind: "unknown" };
  if (row.owner?.kind === "git") return { kind: "managed", row };
  return { kind: row.owner === null ? "forgotten" : "orphaned" };
}

function lostBy({ lostOwner }: Room): { readonly lostOwner?: { source: string; path: string } } {
  return lostOwner !== null
    ? { lostOwner: { source: lostOwner.source, path: lostOwner.path } }
    : {};
}
