import type { Room } from "../room/room.ts";
import { sourcesOfRoom } from "../room/sources-of-room.ts";

/** The rooms of each named source: a room is listed by each that it holds back. */
export function roomsBySource(
  rooms: readonly Room[],
  sources: readonly string[],
): ReadonlyMap<string, readonly Room[]> {
  const bySource = new Map<string, Room[]>(sources.map((name) => [name, []]));
  for (const room of rooms)
    for (const source of sourcesOfRoom(room)) bySource.get(source)?.push(room);
  return bySource;
}
