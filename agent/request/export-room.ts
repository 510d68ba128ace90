import type { IdSource } from "../kernel/ids.ts";
import { areDefault } from "../plan/policy-values.ts";
import type { ManagedBy } from "../plan/export-room.ts";
import type { RoomState } from "../plan/room-state.ts";
import { toFailure } from "../reconcile/read-room.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { Room } from "../room/room.ts";
import type { Reason } from "../status/reasons.ts";
import type { Store } from "../store/store.ts";

export type ExportAnswer =
  /** YAML. `isEmpty`: the RoomServer shows nothing in the room, as for one that it does not know. */
  | { readonly kind: "exported"; readonly text: string; readonly isEmpty: boolean }
  | { readonly kind: "failed"; readonly reason: Reason; readonly message: string };

export interface ExportDeps {
  readonly server: Pick<RoomServer, "readState">;
  readonly store: Pick<Store, "readRoom">;
  readonly newId: IdSource;
  readonly roomIdPattern: RegExp;
}

/** A room as the RoomServer shows it now, as a RoomSpec; whether the agent manages it does not matter. Writes nothing. */
export async function readExport(
  roomId: string,
  { correlationId, signal }: { readonly correlationId: string; readonly signal: AbortSignal },
  { server, store, newId, roomIdPattern }: ExportDeps,
): Promise<ExportAnswer> {
  const call = { signal, correlationId, requestId: newId(), priority: "apply" } as const;
  const read = await server.readState(roomId, call);
  if (read.kind !== "ok") {
    const { reason, message } = toFailure(read);
    return { kind: "failed", reason, message };
  }
  // Another room's content must not be adopted under this name.
  if (read.value.roomId !== roomId) {
    const message = `asked for room ${roomId}, the RoomServer answered with another one; ask again`;
    return { kind: "failed", reason: "SuspiciousRead", message };
  }
  // With the writer of YAML, which nothing else here needs.
  const { exportRoom } = await import("../plan/export-room.ts");
  const text = exportRoom(read.value, roomIdPattern, managedBy(await store.readRoom(roomId)));
  return { kind: "exported", text, isEmpty: holdsNothing(read.value) };
}

/** Null: the agent has no spec of the room that it goes by. */
function managedBy(room: Room | null): ManagedBy | null {
  if (room === null || room.owner === null || room.head === null) return null;
  const { owner, head, appliedVersion } = room;
  const what =
    owner.kind === "git" ? `${owner.path} of source ${owner.source}` : "a spec that was posted";
  return { what, specVersion: Math.max(head.specVersion, appliedVersion?.specVersion ?? 0) };
}

function holdsNothing({ entities, artifacts, resources, policies }: RoomState): boolean {
  return (
    [entities, artifacts, resources].every((list) => list.length === 0) && areDefault(policies)
  );
}
