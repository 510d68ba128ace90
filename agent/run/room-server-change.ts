import { toIso, type Clock } from "../kernel/clock.ts";
import { ONLY, type Documents } from "../room/documents.ts";
import type { Doubt } from "../room/doubt.ts";
import { otherServer } from "../room/room-in-doubt.ts";
import type { Room } from "../room/room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import { everyRoom } from "../store/every-room.ts";
import { onlyDocument } from "../store/only-document.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";

interface Deps {
  readonly store: Pick<Store, "readDocuments" | "readRooms" | "write">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly trail: AuditTrail;
  readonly logger: Pick<Logger, "warn">;
}

/** Rooms that go into one transaction. */
const AT_ONCE = 100;

/**
 * Remembers which RoomServer the store is about. Another one may have rooms of the same ids with what others put there: of all that were
 * verified it is in doubt what is the agent's. A crash in between costs the same work again.
 */
export async function noteRoomServer(baseUrl: string, deps: Deps): Promise<void> {
  const { store, clock, trail, logger } = deps;
  const known = await onlyDocument(store, "roomServer");
  if (known?.baseUrl === baseUrl) return;
  const since = toIso(clock.nowMs());
  const record = { baseUrl, since };
  if (known === null) return store.write([remember(record)]);
  const { baseUrl: from } = known;
  const rooms = await doubt(otherServer(from, baseUrl, since), store);
  logger.warn({ from, to: baseUrl, rooms }, "another RoomServer");
  const metadata = { from, to: baseUrl, rooms };
  await store.write([remember(record), trail.event("server.changed", metadata)]);
}

/** How many rooms had been verified. */
async function doubt(inDoubt: Doubt, store: Pick<Store, "readRooms" | "write">): Promise<number> {
  let count = 0;
  let rows: Room[] = [];
  const flush = () => store.write(rows.map((row): StoreChange => ({ kind: "room", row })));
  for await (const row of everyRoom(store)) {
    if (!row.verifiedBefore) continue;
    count += 1;
    rows.push({ ...row, inDoubt });
    if (rows.length < AT_ONCE) continue;
    await flush();
    rows = [];
  }
  if (rows.length > 0) await flush();
  return count;
}

function remember(document: Documents["roomServer"]): StoreChange {
  return { kind: "document", collection: "roomServer", key: ONLY, document };
}
