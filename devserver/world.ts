import type { Clock } from "../agent/kernel/clock.ts";
import { createFaults } from "./faults.ts";
import type { CallSite, Fault, Faults } from "./faults.ts";
import { emptyRoom } from "./room.ts";
import type { Room } from "./room.ts";
import { toStateAnswer } from "./room-answer.ts";
import { createRooms } from "./rooms.ts";
import type { Rooms } from "./rooms.ts";
import type { JsonValue } from "../agent/kernel/json.ts";
import { createWriteLog } from "./write-log.ts";
import type { WriteLog } from "./write-log.ts";

/** Everything a devserver knows: rooms, what was done to them, and the switches that spoil its answers. */
export interface World {
  readonly rooms: Rooms;
  readonly log: WriteLog;
  readonly faults: Faults;
  readonly clock: Clock;
  setFaults(faults: readonly Fault[]): void;
  /** The state answer of a room as the switches let it be seen. */
  readState(roomId: string): JsonValue;
}

export function createWorld(clock: Clock): World {
  const rooms = createRooms();
  const faults = createFaults();
  let stale = rooms.snapshot();

  return {
    rooms,
    log: createWriteLog(),
    faults,
    clock,
    setFaults: (next) => {
      stale = rooms.snapshot();
      faults.set(next);
    },
    readState: (roomId) => {
      const site: CallSite = { operation: "state", room: roomId, target: null };
      const isStale = faults.take(["staleState"], site) !== undefined;
      const isEmpty = faults.take(["emptyState"], site) !== undefined;
      const isHalf = faults.take(["halfState"], site) !== undefined;
      const other = faults.take(["contentsOf"], site)?.other ?? roomId;
      const room = isStale ? stale(other) : rooms.get(other);
      const kept = isEmpty ? { ...emptyRoom(roomId), updatedMs: room.updatedMs } : room;
      return toStateAnswer(isHalf ? firstHalf(kept) : kept, {
        policy: faults.take(["omitPolicy"], site) === undefined,
        hash: faults.take(["omitHash"], site) === undefined,
        roomId: faults.take(["otherRoom"], site)?.roomId ?? roomId,
      });
    },
  };
}

function firstHalf(room: Room): Room {
  const half = <T>(all: readonly T[]) => all.slice(0, Math.floor(all.length / 2));
  return { ...room, entities: half(room.entities), artifacts: half(room.artifacts) };
}
