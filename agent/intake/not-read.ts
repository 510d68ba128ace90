import { legible } from "../kernel/shortened.ts";
import type { NotRead, Room } from "../room/room.ts";
import type { SourceRow } from "../room/rows.ts";
import { renameText } from "../source/unread-specs.ts";

type HeadProblem = NonNullable<Room["headProblem"]>;

export type Warnings = readonly Pick<SourceRow["warnings"][number], "notRead">[];

/** The files of a snapshot that are not read because of their names, though they may be specs. */
export function filesNotRead(warnings: Warnings): readonly string[] {
  return warnings.flatMap(({ notRead = [] }) => notRead);
}

/** The same of a snapshot and of the one before. */
export function unreadNames(now: Warnings, before: Warnings) {
  return { notRead: filesNotRead(now), notReadBefore: filesNotRead(before) };
}

/**
 * The file that is not read and came with the head in which a room's own file went: its spec, renamed. One of the same name
 * before the first dot, else one of the same folder; null: none.
 */
export function renamedTo(
  path: string,
  { before, now }: { readonly before: Warnings; readonly now: Warnings },
): string | null {
  const known = new Set(filesNotRead(before));
  const fresh = filesNotRead(now).filter((one) => !known.has(one));
  const same = (part: (one: string) => string) => fresh.find((one) => part(one) === part(path));
  return same(stemOf) ?? same(folderOf) ?? null;
}

/** The problem of a room whose spec was renamed so. */
export function notReadProblem(file: NotRead): Omit<HeadProblem, "revision"> {
  const rename = renameText([file.path]) ?? `Rename ${legible(file.path)}`;
  const message =
    `${rename}: it came to source "${file.source}" as the room's file went and is not read because of its name, ` +
    "which has to end in .room.yaml, .room.yml or .room.json, in lower case";
  return { reason: "RoomSpecNotRead", message, notRead: file };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function stemOf(path: string): string {
  return path.slice(folderOf(path).length).split(".")[0] ?? "";
}
