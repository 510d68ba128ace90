import type { Assignment } from "../source/assign-rooms.ts";
import type { FileRow } from "../store/rows.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { observedAt } from "./intake-rows.ts";
import { brokenFile } from "./room-intake.ts";
import type { RoomNews } from "./room-news.ts";
import type { Due } from "./take-rooms-in.ts";

/** A snapshot of one source, as far as it is known which rooms it concerns. */
export interface AssignedSnapshot {
  readonly source: string;
  readonly revision: string;
  /** By path, the files that were read in this snapshot and whose rooms were not written yet. */
  readonly told: ReadonlyMap<string, FileRow>;
  /** Rooms that were written already. */
  readonly taken: ReadonlySet<string>;
}

/** The rooms for which an assignment is news. */
export async function dueRooms(
  assignment: Assignment,
  snapshot: AssignedSnapshot,
  deps: Pick<IntakeDeps, "owners" | "store">,
): Promise<readonly Due[]> {
  const due: Due[] = [];
  for (const file of assignment.files) {
    if (file.kind !== "assigned" || snapshot.taken.has(file.roomId)) continue;
    const row = await newsworthy(file, snapshot, deps);
    if (row === null) continue;
    const isOld = !snapshot.told.has(file.path);
    const news: RoomNews = row.valid ? { kind: "inputs", file: row, isOld } : brokenFile(row);
    due.push({ roomId: file.roomId, news, file: row });
  }
  const covered = new Set(due.map(({ roomId }) => roomId));
  for (const room of assignment.rooms) {
    if (room.kind === "gone") due.push({ roomId: room.roomId, news: { kind: "gone" }, file: null });
    if (room.kind !== "held" || covered.has(room.roomId)) continue;
    const { reason, message } = room;
    const news: RoomNews = { kind: "problem", reason, message, path: null };
    due.push({ roomId: room.roomId, news, file: null });
  }
  return due;
}

/** The row of an assigned file that was read, or whose room it was not until now, or whose room's problem has ended. */
async function newsworthy(
  { path, roomId }: { readonly path: string; readonly roomId: string },
  { source, revision, told }: AssignedSnapshot,
  { owners, store }: Pick<IntakeDeps, "owners" | "store">,
): Promise<FileRow | null> {
  const read = told.get(path);
  if (read !== undefined) return read;
  const owner = owners.get(roomId);
  const wasHere = owner?.kind === "git" && owner.source === source && owner.path === path;
  if (wasHere && !owners.isTroubled(roomId)) return null;
  const row = await store.readFile(source, path);
  // A file that was broken before is no news, whatever else its source's commits do.
  if (row === null || (wasHere && !row.valid)) return null;
  return observedAt(row, revision);
}
