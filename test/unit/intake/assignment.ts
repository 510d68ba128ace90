import {
  assignRooms,
  type Assignment,
  type AssignmentGiven,
} from "../../../agent/intake/assign-rooms.ts";
import type { FileClaim } from "../../../agent/intake/file-claims.ts";
import type { RoomOwner } from "../../../agent/room/room.ts";

/** `a.yaml: room-a` is valid, `a.yaml! room-a` broken with a readable id, `a.yaml!` broken without one. */
function aFile(text: string): FileClaim {
  const [, path = "", mark, roomId = ""] = /^([^:!]+)([:!]) ?(.*)$/u.exec(text) ?? [];
  return { path, roomId: roomId === "" ? null : roomId, valid: mark === ":" };
}

/** `room-a @ a.yaml` is ours, `room-a @ core/a.yaml` that of source core, `room-a @ api` posted, `room-a @` nobody's. */
function aRoom(text: string): { roomId: string; owner: RoomOwner | null } {
  const [roomId = "", place = ""] = text.split(/ @ ?/u);
  if (place === "") return { roomId, owner: null };
  if (place === "api") return { roomId, owner: { kind: "api" } };
  const [first = "", second] = place.split("/");
  const owner =
    second === undefined ? { source: "main", path: first } : { source: first, path: second };
  return { roomId, owner: { kind: "git", ...owner } };
}

export interface Snapshot {
  readonly rooms?: readonly string[];
  readonly files: readonly string[];
  readonly given?: Partial<AssignmentGiven>;
}

/** Assigns in source `main`. */
export function assign({ rooms = [], files, given }: Snapshot): Assignment {
  return assignRooms({
    source: "main",
    files: files.map(aFile),
    rooms: rooms.map(aRoom),
    mayManage: () => true,
    claimsElsewhere: () => [],
    allowEmpty: false,
    confirmedByName: new Set(),
    ...given,
  });
}

/** By file and by room, what became of it, in a word or two. */
export function summary(given: Snapshot): Record<string, string> {
  const { files, rooms } = assign(given);
  return Object.fromEntries([
    ...files.map((file) => [
      file.path,
      file.kind === "roomless" ? file.kind : `${file.kind} ${file.roomId}`,
    ]),
    ...rooms.map((room) => {
      switch (room.kind) {
        case "at":
          return [room.roomId, `at ${room.path}`];
        case "moved":
          return [room.roomId, `${room.from} to ${room.to}`];
        case "held":
          return [room.roomId, `held ${room.reason}`];
        case "gone":
          return [room.roomId, "gone"];
      }
    }),
  ]);
}
