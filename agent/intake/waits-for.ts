import { legible } from "../kernel/shortened.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { Room, WaitsFor } from "../room/room.ts";

import type { AtHead } from "./claims-at-head.ts";
import { isKnownCommit } from "./known-commit.ts";
import type { RoomOwners, RoomStandingFact } from "./source-index.ts";
import type { SourceRecord } from "./source-record.ts";

type HeadProblem = NonNullable<Room["headProblem"]>;

/** The problem of a room whose spec came to the place of another source, until that source has read it. */
export function waitsProblem(waits: WaitsFor): Omit<HeadProblem, "revision"> {
  const { source, path, head } = waits;
  const message =
    `the room's file is ${legible(path)} since commit ${head.slice(0, 12)}, where source "${source}" reads it: ` +
    `the room waits for source "${source}", which takes it over at its next look, and keeps what it has until then`;
  return { reason: "WaitsForSource", message, waitsFor: waits, sources: [source] };
}

/** Where rooms are on record that may wait for a source. */
export interface WaitingRooms extends Pick<RoomOwners, "meantByFiles"> {
  factOf: (roomId: string) => Pick<RoomStandingFact, "waitsFor"> | null;
}

/** The rooms whose spec came to the place of this source, which has not read that commit. */
export function waitingFor(
  source: string,
  owners: WaitingRooms,
): readonly { readonly roomId: string; readonly waits: WaitsFor }[] {
  return [...owners.meantByFiles()].flatMap((roomId) => {
    const waits = owners.factOf(roomId)?.waitsFor;
    return waits?.source === source ? [{ roomId, waits }] : [];
  });
}

/** What one source knows of where a room's spec is. */
export interface WaitsView {
  readonly source: string;
  /** Whether the source has read a commit: the snapshot is at it, or is built on it. */
  readonly hasRead: (commit: string) => boolean;
  /** What the head of the snapshot has for the room at the place of another source; undefined: that was not looked at. */
  readonly movedTo: (
    roomId: string,
  ) => { readonly source: string; readonly path: string } | null | undefined;
}

/** As a snapshot of `source` knows it; `atHead` null: what its head has at other places was not looked at. */
export function waitsView(snapshot: {
  readonly source: { readonly name: string };
  readonly record: Pick<SourceRecord, "row">;
  readonly head: string;
  readonly range: CommitRange;
  readonly atHead: AtHead | null;
}): Pick<WaitsView, "hasRead" | "movedTo"> {
  const { record, head, range, atHead } = snapshot;
  return {
    hasRead: (commit) =>
      commit === head ||
      range.history !== "descends" ||
      range.commits.some(({ oid }) => oid === commit) ||
      isKnownCommit(record.row, commit),
    movedTo: (roomId) => {
      const found = atHead?.(roomId);
      return found?.kind === "maybe" ? undefined : found;
    },
  };
}

/** Whether the room's spec is still to be read by the source that it came to: what that source says once it has read it counts. */
export function isStillWaiting(
  { roomId, waits }: { readonly roomId: string; readonly waits: WaitsFor | undefined },
  { source, hasRead, movedTo }: WaitsView,
  left: readonly string[],
): boolean {
  if (waits === undefined || left.includes(waits.source)) return false;
  if (source === waits.source) return !hasRead(waits.head);
  if (source !== waits.by) return true;
  const found = movedTo(roomId);
  return found === undefined || found?.source === waits.source;
}
