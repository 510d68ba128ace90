import { NO_SPEC, withEnded, type Rehearsal } from "./rehearsals.ts";
import type { DryRun, Room } from "./room.ts";

/** Dry runs of a room that has no row for them: it was forgotten, came and went in one fetch, or is another source's. */
export interface RoomlessDryRuns {
  /** Whose commits asked for them; null: they count whoever gets the room, because it was forgotten with them. */
  readonly source: string | null;
  /** Null: stands for rooms that were dropped because there were too many. */
  readonly roomId: string | null;
  /** Counts again where the room's file is again the spec that it was asked for; null: none does. */
  readonly left: Rehearsal | null;
  /** As `Room.rehearsals`. */
  readonly ended: readonly Rehearsal[];
  /** As `Room.rehearsalsForgotten`. */
  readonly forgotten: boolean;
  /** ISO time of the last change. */
  readonly since: string;
}

/** What is remembered of one room, as its next row takes it over. */
export type LeftOfRoom = Pick<RoomlessDryRuns, "left" | "ended" | "forgotten">;

/** A document with its key. */
export interface KeptRoomless {
  readonly key: string;
  readonly document: RoomlessDryRuns;
}

export interface RoomlessChange {
  readonly kind: "document";
  readonly collection: "roomlessDryRuns";
  readonly key: string;
  readonly document: RoomlessDryRuns | null;
}

type Of = Pick<RoomlessDryRuns, "source" | "roomId">;

/** Rooms that are remembered so of one source, and of all that were forgotten. */
export const MOST_ROOMLESS = 500;

export const NOTHING_LEFT: LeftOfRoom = { left: null, ended: [], forgotten: false };

/** Names of sources hold no blank. */
export function roomlessKey({ source, roomId }: Of): string {
  return `${source ?? ""} ${roomId ?? ""}`;
}

/**
 * What counts for a room that `source` gets (null: one without a source), and the keys of what is that room's alone. `others`: sources
 * whose memory counts as well.
 */
export function roomlessOf(
  kept: readonly KeptRoomless[],
  { source, roomId }: Of,
  others: readonly string[] = [],
): LeftOfRoom & { readonly keys: readonly string[] } {
  const counting = kept.filter(
    ({ document: one }) =>
      (one.roomId === roomId || one.roomId === null) &&
      (one.source === null || one.source === source || others.includes(one.source)),
  );
  const ofRoom = counting.filter(({ document }) => document.roomId === roomId);
  return {
    ...merged(counting.map(({ document }) => document)),
    keys: ofRoom.map(({ key }) => key),
  };
}

/** One memory of several, the first of them counting most. */
export function merged(all: readonly LeftOfRoom[]): LeftOfRoom {
  const [left = null, ...others] = all.flatMap((one) => one.left ?? []);
  return withMore({ left, ended: [], forgotten: all.some(({ forgotten }) => forgotten) }, [
    ...others,
    ...all.flatMap(({ ended }) => ended),
  ]);
}

/** The same once these dry runs ended. */
export function withMore(known: LeftOfRoom, ended: readonly Rehearsal[]): LeftOfRoom {
  const { rehearsals, rehearsalsForgotten } = withEnded(
    { rehearsals: known.ended, rehearsalsForgotten: known.forgotten },
    ended,
  );
  return { left: known.left, ended: rehearsals, forgotten: rehearsalsForgotten };
}

/** The row once it has what was remembered without it, but for `left`. */
export function withRoomless(row: Room, known: LeftOfRoom = NOTHING_LEFT): Room {
  if (known.ended.length === 0 && !known.forgotten) return row;
  const { ended, forgotten } = withMore(
    { left: null, ended: row.rehearsals, forgotten: row.rehearsalsForgotten },
    known.ended,
  );
  return { ...row, rehearsals: ended, rehearsalsForgotten: forgotten || known.forgotten };
}

/** What of a room's dry runs is remembered once its row is gone. */
export function leftOfRow(row: Room): LeftOfRoom {
  const { dryRun, dryRunLeft, rehearsals, rehearsalsForgotten } = row;
  const [left = null, ...others] = [dryRun, dryRunLeft].flatMap((one): readonly Rehearsal[] => {
    const oid = one === null ? null : specOf(one, row);
    return one === null || oid === null ? [] : [{ ...one, oid }];
  });
  return withMore({ left, ended: rehearsals, forgotten: rehearsalsForgotten }, others);
}

/**
 * Keeps what is remembered of rooms, in the place of what was. Of more than `MOST_ROOMLESS` rooms of a source the oldest are dropped,
 * and from then on any spec of a room of it that a force-push brings may have been a dry run.
 */
export function keepRoomless(
  kept: readonly KeptRoomless[],
  news: readonly RoomlessDryRuns[],
): readonly RoomlessChange[] {
  const all = new Map(kept.map(({ key, document }) => [key, document]));
  const changed = new Set<string>();
  for (const one of news) {
    const key = roomlessKey(one);
    changed.add(key);
    all.delete(key);
    if (!isNothing(one)) all.set(key, one);
  }
  for (const source of new Set(news.map((one) => one.source))) {
    const rooms = [...all].filter(([, one]) => one.source === source && one.roomId !== null);
    const dropped = rooms.toSorted(([, a], [, b]) => compare(a.since, b.since));
    dropped.splice(Math.max(0, rooms.length - MOST_ROOMLESS));
    const [, newest] = rooms.at(-1) ?? [];
    if (dropped.length === 0 || newest === undefined) continue;
    for (const [key] of dropped) all.delete(key);
    for (const [key] of dropped) changed.add(key);
    const mark = { ...newest, ...NOTHING_LEFT, roomId: null, forgotten: true };
    all.set(roomlessKey(mark), mark);
    changed.add(roomlessKey(mark));
  }
  const had = new Set(kept.map(({ key }) => key));
  return [...changed]
    .filter((key) => all.has(key) || had.has(key))
    .map((key) => toChange(key, all.get(key) ?? null));
}

export function toChange(key: string, document: RoomlessDryRuns | null): RoomlessChange {
  return { kind: "document", collection: "roomlessDryRuns", key, document };
}

/** Blob id of the spec that a dry run holds; null: none. One of a broken file holds the spec before it, unless that was verified. */
function specOf({ oid }: DryRun, { head, verified }: Room): string | null {
  if (oid !== undefined && oid !== NO_SPEC) return oid;
  if (oid === NO_SPEC && head?.digest === verified?.digest) return null;
  return head?.specOid ?? null;
}

function isNothing({ left, ended, forgotten }: LeftOfRoom): boolean {
  return left === null && ended.length === 0 && !forgotten;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
