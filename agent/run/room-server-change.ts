import { toIso, type Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { ONLY } from "../room/documents.ts";
import type { KnownRoomServer, ServerChange } from "../room/known-room-server.ts";
import { otherServer, type ServerMove } from "../room/room-in-doubt.ts";
import type { Room } from "../room/room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import { everyRoom } from "../store/every-room.ts";
import { onlyDocument } from "../store/only-document.ts";
import { writePullRequest } from "../store/shown-plans.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { openWorks, roomOnOtherServer, type RoomMoved } from "./room-on-other-server.ts";

interface Deps {
  readonly store: Pick<
    Store,
    "readConfirmations" | "readDocuments" | "readOpenIntents" | "readRooms" | "write"
  >;
  readonly clock: Pick<Clock, "nowMs">;
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** Changes after which a transaction ends; those of one room are never divided. */
const AT_ONCE = 200;

/**
 * Remembers which RoomServer the store is about. Another one may have rooms of the same ids with what others put there: of all that
 * were verified it is in doubt what is the agent's, and what was confirmed, shown or begun for the old one ends. How far that is noted
 * is in the store with it, so a start after a crash continues there. To be called before anything reads or plans a room. Gives back the
 * last change; null: there was none.
 */
export async function noteRoomServer(baseUrl: string, deps: Deps): Promise<ServerMove | null> {
  const { store, clock, newId } = deps;
  const known = await onlyDocument(store, "roomServer");
  const since = toIso(clock.nowMs());
  if (known === null) {
    await store.write([remember({ baseUrl, since })]);
    return null;
  }
  const { baseUrl: from, changing = null, moved = null } = known;
  if (isSame(from, baseUrl)) {
    if (changing !== null) await turnBack(known, changing, deps);
    return moved;
  }
  const isBegun = changing !== null && isSame(changing.to, baseUrl);
  const fresh = { from, to: baseUrl, since, correlationId: newId(), after: null, ...NOTHING };
  const begun = isBegun ? changing : fresh;
  // Before the first room changes: whatever happens from here on, the next start knows of it.
  await store.write([remember({ ...known, changing: begun })]);
  await forgetShownPlans(store);
  const open = await openWorks(deps);
  const move = (row: Room) => roomOnOtherServer(row, { change: begun, open, deps });
  const done = await noteInRooms(known, { begun, move }, deps);
  const made = { from: done.from, to: done.to, since: done.since };
  await conclude(done, made, deps);
  return made;
}

const NOTHING = { rooms: 0, confirmations: 0, intents: 0, rollbacks: 0 } as const;

/**
 * The agent has its old RoomServer again, and a crash cut off the change to another one, on which nothing was done: what the change
 * reached stays in doubt until it is verified, and the rest is as it was.
 */
async function turnBack(known: KnownRoomServer, cut: ServerChange, deps: Deps): Promise<void> {
  const since = toIso(deps.clock.nowMs());
  const reached = otherServer(cut).message;
  const begun = { ...cut, from: cut.to, to: known.baseUrl, since, after: null, rooms: 0 };
  const move = (row: Room): RoomMoved | null =>
    row.inDoubt?.message === reached
      ? {
          changes: [{ kind: "room", row: { ...row, inDoubt: otherServer(begun) } }],
          ...NOTHING,
          rooms: 1,
        }
      : null;
  // Nothing was shown on the other one: what commits confirm is as it was, too.
  await conclude(await noteInRooms(null, { begun, move }, deps), known.moved, deps);
}

/** `known`: where each transaction also notes how far the change is; null: nowhere. */
async function noteInRooms(
  known: KnownRoomServer | null,
  {
    begun,
    move,
  }: {
    readonly begun: ServerChange;
    /** Null: the room stays as it is. */
    readonly move: (row: Room) => RoomMoved | null;
  },
  { store }: Deps,
): Promise<ServerChange> {
  let change = begun;
  let changes: StoreChange[] = [];
  const flush = () => {
    const noted = known === null ? [] : [remember({ ...known, changing: change })];
    return changes.length === 0 ? undefined : store.write([...changes, ...noted]);
  };
  for await (const row of everyRoom(store, begun.after)) {
    const moved = move(row);
    if (moved === null) continue;
    changes.push(...moved.changes);
    change = {
      ...change,
      after: row.roomId,
      rooms: change.rooms + moved.rooms,
      confirmations: change.confirmations + moved.confirmations,
      intents: change.intents + moved.intents,
      rollbacks: change.rollbacks + moved.rollbacks,
    };
    if (changes.length < AT_ONCE) continue;
    await flush();
    changes = [];
  }
  await flush();
  return change;
}

async function conclude(
  change: ServerChange,
  moved: ServerMove | undefined,
  { store, trail, logger }: Deps,
): Promise<void> {
  const { from, to, since, correlationId, rooms, confirmations, intents, rollbacks } = change;
  const metadata = { from, to, rooms, confirmations, intents, rollbacks };
  logger.warn(metadata, "another RoomServer");
  const record = trail.event("server.changed", metadata, { correlationId });
  const known = { baseUrl: to, since, ...(moved === undefined ? {} : { moved }) };
  await store.write([remember(known), record]);
}

/** What pull requests showed was planned on the old RoomServer: no label confirms it on the new one. */
async function forgetShownPlans(store: Pick<Store, "readDocuments" | "write">): Promise<void> {
  const rows = (await store.readDocuments("pullRequest"))
    .map(({ document }) => document)
    .filter(({ plans }) => plans.length > 0);
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await store.write(
      rows.slice(at, at + AT_ONCE).map((row) => writePullRequest({ ...row, plans: [] })),
    );
}

/** The same address may be written in several ways. */
function isSame(one: string, other: string): boolean {
  return normalised(one) === normalised(other);
}

function normalised(address: string): string {
  return (URL.canParse(address) ? new URL(address).href : address).replace(/\/+$/, "");
}

function remember(document: KnownRoomServer): StoreChange {
  return { kind: "document", collection: "roomServer", key: ONLY, document };
}
