import type { Item } from "../plan/item.ts";
import type { CommitRange, CommitRecord, CommitTouch } from "../source/spec-source.ts";
import { broughtBy, firstParentLine } from "./first-parent-line.ts";
import { RoomChanges, type SpecView } from "./room-changes.ts";

/** What one commit on the branch gives back to a room. */
export interface PutBack {
  readonly commit: string;
  /** Its place in the range: higher is newer. */
  readonly place: number;
  /** Null: the room had no file there, or has one again, so all that was to be removed is given back. */
  readonly items: ReadonlySet<Item> | null;
}

export interface PutBackQuestion {
  readonly range: Pick<CommitRange, "commits">;
  /** Rooms with confirmations that wait. */
  readonly rooms: ReadonlySet<string>;
  /** Those of them whose file was removed: any file that names one gives it back. */
  readonly removed: ReadonlySet<string>;
  /** The room last seen at a path, in the snapshot before this fetch; null: none. */
  readonly roomOfPath: SpecView["roomOfPath"];
}

interface Step {
  readonly record: CommitRecord;
  readonly place: number;
}

/** The commits on the branch itself that may change one of the rooms, with the files that matter of each, oldest first. */
export function touchingCommits(question: PutBackQuestion): readonly Step[] {
  const { range, rooms, removed, roomOfPath } = question;
  const line = firstParentLine(range.commits);
  const steps = range.commits.flatMap((record, place) =>
    line.has(record.oid) && record.touches.length > 0 ? [{ record, place }] : [],
  );
  const isOfRoom = ({ path }: CommitTouch) => {
    const roomId = roomOfPath(path);
    return roomId !== null && rooms.has(roomId);
  };
  const touches = steps.flatMap(({ record }) => record.touches);
  // A file that is gone may have moved to a path that no room is known at.
  const mayMove = touches.some((touch) => touch.after === null && isOfRoom(touch));
  const isNeeded = (touch: CommitTouch) =>
    isOfRoom(touch) || ((mayMove || removed.size > 0) && roomOfPath(touch.path) === null);
  return steps.flatMap(({ record, place }) => {
    const needed = record.touches.filter(isNeeded);
    return needed.length === 0 ? [] : [{ record: { ...record, touches: needed }, place }];
  });
}

/** The blob ids of the specs on both sides of these commits. */
export function specsOf(steps: readonly Step[]): readonly string[] {
  const oids = steps.flatMap(({ record }) =>
    record.touches.flatMap(({ before, after }) => [before, after]),
  );
  return [...new Set(oids)].filter((oid) => oid !== null);
}

/** What these commits give back to each of the rooms, oldest first. */
export function putBacks(
  steps: readonly Step[],
  { rooms, removed, roomOfPath }: Omit<PutBackQuestion, "range">,
  specs: SpecView["specs"],
): ReadonlyMap<string, readonly PutBack[]> {
  const changes = new RoomChanges({ specs, roomOfPath });
  const found = new Map<string, PutBack[]>();
  for (const { record, place } of steps) {
    for (const [roomId, { putBack: given, is, isLost }] of changes.of(record)) {
      if (!rooms.has(roomId)) continue;
      const spec = is === null ? null : (specs.get(is) ?? null);
      const isBack = removed.has(roomId) && spec !== null;
      if (!isLost && !isBack && given.length === 0) continue;
      const items = isLost || isBack ? null : new Set(given);
      const all = found.get(roomId) ?? [];
      all.push({ commit: record.oid, place, items });
      found.set(roomId, all);
    }
  }
  return found;
}

/** By commit of a range, the place at which it came to the branch; undefined: it is not of the range. */
export function placesOnBranch({
  commits,
}: Pick<CommitRange, "commits">): (commit: string) => number | undefined {
  const places = new Map(commits.map(({ oid }, place) => [oid, place]));
  const brought = broughtBy(commits, firstParentLine(commits));
  return (commit) => places.get(brought.get(commit) ?? commit);
}
