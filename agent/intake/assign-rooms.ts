import { atOnce, inSteps } from "../kernel/in-turns.ts";
import { listed } from "../kernel/shortened.ts";
import type { RoomOwner } from "../room/room.ts";
import { emptiedBy, type Emptied } from "./emptied-source.ts";
import { fileClaims, type Claims, type FileClaim } from "./file-claims.ts";
import {
  lastSeenAmong,
  recordedRooms,
  type OwnedRoom,
  type RoomOnRecord,
} from "./recorded-rooms.ts";
import { claimedTwiceText, ignoredText, notAllowedText, ofSource } from "./refused-claims.ts";

/** What is known when a snapshot of one source is complete. */
export interface AssignmentGiven {
  readonly source: string;
  /** Every spec file of the snapshot that may be read. */
  readonly files: readonly FileClaim[];
  /** By path, why a file of the snapshot must not be read. Absent: all may. */
  readonly ignored?: ReadonlyMap<string, string>;
  /** Every room on record, of all sources and of none. */
  readonly rooms: readonly RoomOnRecord[];
  /** Whether a source may manage a room (`AllowedRooms`). A file whose room its source may not manage claims nothing. */
  readonly mayManage: (source: string, roomId: string) => boolean;
  /** The files of other sources that name a room: with no recorded owner, two claims refuse each other. */
  readonly claimsElsewhere: (roomId: string) => readonly { source: string; path: string }[];
  /** `AllowEmpty`. */
  readonly allowEmpty: boolean;
  /** No commit can name the rooms of an emptied source. */
  readonly withoutCommits?: true;
  /** Rooms that commits of this fetch name in `Confirm:`. */
  readonly confirmedByName: ReadonlySet<string>;
}

/** Who owns what after a snapshot. */
export interface Assignment {
  /** One for each file, by path. */
  readonly files: readonly FileAssignment[];
  /** One for each room that this source owned before, by id. */
  readonly rooms: readonly RoomAssignment[];
  /** `SourceEmptied`: the snapshot holds no spec while rooms are left, and nothing allows that. Then no room is gone. */
  readonly emptied: Emptied | null;
}

export type FileAssignment = { readonly path: string } & (
  | { readonly kind: "assigned"; readonly roomId: string }
  | {
      readonly kind: "refused";
      readonly roomId: string;
      readonly reason: "ClaimedTwice" | "RoomNotAllowed" | "SpecIgnored";
      readonly message: string;
    }
  /** Not usable, and the room it is meant for is not known, or (`meant`) may not be taken by a broken file. */
  | { readonly kind: "roomless"; readonly meant?: string }
);

export type RoomAssignment = { readonly roomId: string } & (
  | { readonly kind: "at"; readonly path: string }
  | { readonly kind: "moved"; readonly from: string; readonly to: string }
  /** No file that counts names it now, yet it keeps its owner on record and what is enforced. */
  | { readonly kind: "held"; readonly reason: HeldReason; readonly message: string }
  /** Orphaned: no owner, no more writes. */
  | { readonly kind: "gone" }
);

export type HeldReason =
  | "SpecIgnored"
  | "ClaimedTwice"
  | "SpecInvalid"
  | "SpecUnreadable"
  | "SourceEmptied";

/**
 * Which file owns which room, by these rules (L1, L6):
 * - A file whose room its source may not manage is refused and claims nothing: it neither owns nor blocks.
 * - A recorded owner keeps its room as long as its file claims it; a file that is broken claims the room last seen at its
 *   path. Whoever else names the room, in this source or another, is refused, and nothing else happens to the room.
 * - When the owner's file claims it no more, the only other file that names the room takes it over (a move). Several refuse
 *   each other; a broken one keeps the room from being gone until it is corrected.
 * - A room without an owner, or of a posted spec, goes to the only file that names it, in all sources. A broken file takes only a
 *   room nothing is known of, or that its owner lost: it must not revive an orphan, nor end a posted spec.
 * - A room that no file claims is gone, but not while its file is there and must not be read, nor while a file is broken that
 *   could be its own, nor when all files are gone.
 */
export function assignRooms(given: AssignmentGiven): Assignment {
  return atOnce(assignmentSteps(given));
}

/** As `assignRooms`, in steps that are short however many rooms there are. */
export function* assignmentSteps(given: AssignmentGiven): Generator<void, Assignment> {
  const { owned, ownedIds, others } = yield* recordedRooms(given);
  const claims = yield* fileClaims(given.files, lastSeenAmong(owned));
  const emptied = judgeEmptied(given, owned);
  const context: Context = { given, claims, emptied, stray: claims.strays[0] ?? null };
  const files = new Map<string, FileAssignment>();
  const rooms: RoomAssignment[] = [];
  yield* inSteps(owned, (room) => rooms.push(assignOwned(room, files, context)));
  yield* inSteps(claims.byRoom, ([roomId, paths]) => {
    if (ownedIds.has(roomId)) return;
    if (!given.mayManage(given.source, roomId)) {
      for (const path of paths) files.set(path, notAllowed(path, roomId, given.source));
      return;
    }
    const room = others.get(roomId);
    // An orphan and a posted spec's room may be taken by a valid file alone.
    const needsValid = room !== undefined && !room.isLost;
    assignOthers({ roomId, paths, owner: room?.owner ?? null, needsValid }, files, context);
  });
  for (const path of claims.strays) files.set(path, { path, kind: "roomless" });
  return { files: yield* byPath(files, claims), rooms, emptied };
}

interface Context {
  readonly given: AssignmentGiven;
  readonly claims: Claims;
  readonly emptied: Assignment["emptied"];
  /** A broken file that could be any room's. */
  readonly stray: string | null;
}

function notAllowed(path: string, roomId: string, source: string): FileAssignment {
  const message = notAllowedText({ source, path }, roomId);
  return { path, kind: "refused", roomId, reason: "RoomNotAllowed", message };
}

function judgeEmptied(
  { files, ignored, allowEmpty, withoutCommits, confirmedByName, source }: AssignmentGiven,
  owned: readonly OwnedRoom[],
): Assignment["emptied"] {
  if (files.length > 0 || owned.length === 0 || allowEmpty) return null;
  const rooms = owned.map(({ roomId }) => roomId);
  if (rooms.every((roomId) => confirmedByName.has(roomId))) return null;
  return emptiedBy({ source, rooms, ignored, withoutCommits: withoutCommits === true });
}

function assignOwned(
  room: OwnedRoom,
  files: Map<string, FileAssignment>,
  context: Context,
): RoomAssignment {
  const { roomId, path: from } = room;
  const paths = context.claims.byRoom.get(roomId) ?? [];
  if (paths.includes(from)) {
    files.set(from, { path: from, kind: "assigned", roomId });
    if (paths.length > 1) refuseOthers(files, { roomId, paths, from });
    return { roomId, kind: "at", path: from };
  }
  const [to] = paths;
  if (to === undefined) return ignoredOwner(room, files, context) ?? withoutFile(roomId, context);
  if (paths.length > 1) {
    refuseEachOther(files, { roomId, paths });
    const message = `room "${roomId}" was claimed by ${from}, which is gone, and now by ${listed(paths)}: keep one of them`;
    return { roomId, kind: "held", reason: "ClaimedTwice", message };
  }
  files.set(to, { path: to, kind: "assigned", roomId });
  if (context.claims.isValid(to)) return { roomId, kind: "moved", from, to };
  const message = `room "${roomId}" seems to have moved from ${from} to ${to}, which is not a valid spec: correct that file`;
  return { roomId, kind: "held", reason: "SpecInvalid", message };
}

function refuseOthers(
  files: Map<string, FileAssignment>,
  { roomId, paths, from }: { roomId: string; paths: readonly string[]; from: string },
): void {
  const others = listed([`${from}, its recorded owner`]);
  for (const path of paths) if (path !== from) refuse(files, { roomId, path, others });
}

/** A file that is there is not gone, so its room stays as it is. */
function ignoredOwner(
  { roomId, path }: OwnedRoom,
  files: Map<string, FileAssignment>,
  { given }: Context,
): RoomAssignment | null {
  const by = given.ignored?.get(path);
  if (by === undefined) return null;
  const message = ignoredText(path, by);
  files.set(path, { path, kind: "refused", roomId, reason: "SpecIgnored", message });
  return { roomId, kind: "held", reason: "SpecIgnored", message };
}

function withoutFile(roomId: string, { emptied, stray }: Context): RoomAssignment {
  if (emptied !== null) {
    return { roomId, kind: "held", reason: "SourceEmptied", message: emptied.message };
  }
  if (stray === null) return { roomId, kind: "gone" };
  const message = `no file names room "${roomId}" any more, but ${stray} cannot be read and could be its spec: correct or remove that file`;
  return { roomId, kind: "held", reason: "SpecUnreadable", message };
}

interface OtherRoom {
  readonly roomId: string;
  readonly paths: readonly string[];
  /** Another source or a posted spec; null: the room has no owner. */
  readonly owner: RoomOwner | null;
  /** True: a broken file does not take it. */
  readonly needsValid: boolean;
}

function assignOthers(
  { roomId, paths, owner, needsValid }: OtherRoom,
  files: Map<string, FileAssignment>,
  { given, claims }: Context,
): void {
  if (owner?.kind === "git") {
    const others = listed([`${ofSource(owner)}, its recorded owner`]);
    const { source } = given;
    for (const path of paths) refuse(files, { roomId, path, others, source });
    return;
  }
  const elsewhere = given
    .claimsElsewhere(roomId)
    .filter(({ source }) => given.mayManage(source, roomId))
    .map(ofSource);
  const [path] = paths;
  if (path === undefined || paths.length + elsewhere.length > 1) {
    refuseEachOther(files, { roomId, paths, elsewhere, source: given.source });
  } else if (needsValid && !claims.isValid(path)) {
    files.set(path, { path, kind: "roomless", meant: roomId });
  } else {
    files.set(path, { path, kind: "assigned", roomId });
  }
}

/** Other claims that a refusal names. */
const SHOWN_OTHERS = 10;

function refuseEachOther(
  files: Map<string, FileAssignment>,
  claimed: {
    roomId: string;
    paths: readonly string[];
    /** The claims of other sources, and the name of this one. */
    elsewhere?: readonly string[];
    source?: string;
  },
): void {
  const { roomId, paths, elsewhere = [] } = claimed;
  const source = elsewhere.length === 0 ? {} : { source: claimed.source };
  const all = [...paths, ...elsewhere];
  // A repository decides how many there are: each message is made of the first ones alone.
  const first = all.slice(0, SHOWN_OTHERS + 1);
  const total = all.length - 1;
  // The same in the message of every file but the first ones.
  const most = listed(first.slice(0, SHOWN_OTHERS), { total });
  paths.forEach((path, at) => {
    const isShown = at < SHOWN_OTHERS;
    const others = isShown ? listed(first.toSpliced(at, 1), { total }) : most;
    refuse(files, { roomId, path, others, ...source });
  });
}

function refuse(
  files: Map<string, FileAssignment>,
  /** `source`: of the file, where others are of another one. */
  refused: { roomId: string; path: string; others: string; source?: string | undefined },
): void {
  const { roomId, path, others, source } = refused;
  const claim = source === undefined ? path : ofSource({ source, path });
  const message = claimedTwiceText(roomId, { claim, others });
  files.set(path, { path, kind: "refused", roomId, reason: "ClaimedTwice", message });
}

/** What became of the files, in the order of their paths. */
function* byPath(
  files: ReadonlyMap<string, FileAssignment>,
  claims: Claims,
): Generator<void, readonly FileAssignment[]> {
  const inOrder: FileAssignment[] = [];
  yield* inSteps(claims.files, ({ path }) => {
    const file = files.get(path);
    if (file !== undefined) inOrder.push(file);
  });
  if (inOrder.length === files.size) return inOrder;
  // Files that are not read are there too.
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
