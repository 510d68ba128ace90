import { writeTrailer, type CommitWords } from "./commit-words.ts";

/** Why a room is held as a dry run by a line that does not count. */
export interface HeldRoom {
  readonly line: string;
  readonly reason: string;
  /** The line names the room. */
  readonly named: boolean;
}

/** Whether a name is a room that the commit may speak for, one of another source or barred to this one, or none that is known. */
export type NameMeaning = "room" | "foreign" | "barred" | "unknown";

export interface HeldView {
  /** The rooms that the commit touches, or that it means by a dry run without names. */
  readonly touched: readonly string[];
  readonly meaningOf: (name: string) => NameMeaning;
  /** Why names that are no rooms do not count. */
  readonly unknown: (names: readonly string[]) => string;
}

/**
 * The rooms that a dry run without names is about: those that the commit touches. One that touches no file of a source can mean only
 * those that it names in `Confirm`, which would be carried out otherwise.
 */
export function meantRooms(
  { confirm, stands, record }: Pick<CommitWords, "confirm" | "stands" | "record">,
  { touched, meaningOf }: Pick<HeldView, "touched" | "meaningOf">,
): readonly string[] {
  if (record.touches.length > 0 || confirm === null || confirm === "all" || stands === "merged")
    return touched;
  return confirm.filter((name) => meaningOf(name) === "room");
}

/** The rooms that a commit's look-alikes of `Dry-Run` hold, and those it touches if its `Dry-Run` names an unknown room. */
export function heldRooms(words: CommitWords, view: HeldView): ReadonlyMap<string, HeldRoom> {
  const held = new Map<string, HeldRoom>();
  const isUnknown = (name: string) => view.meaningOf(name) === "unknown";
  const touched = new Set(view.touched);
  const mayHold = (roomId: string) => words.stands !== "merged" || touched.has(roomId);
  for (const { line, reason, asks } of words.ignored) {
    if (asks === undefined) continue;
    const names = asks === "touched" ? [] : asks.names;
    const rooms = names.filter((name) => view.meaningOf(name) === "room" && mayHold(name));
    for (const roomId of rooms) held.set(roomId, { line, reason, named: true });
    const all = asks === "touched" || (asks.orTouched && names.some(isUnknown));
    if (!all) continue;
    for (const roomId of view.touched) held.set(roomId, { line, reason, named: false });
  }
  const { dryRun } = words;
  const unknown = dryRun === null || dryRun === "all" ? [] : dryRun.filter(isUnknown);
  if (unknown.length > 0) {
    const line = writeTrailer("dryRun", dryRun ?? "all");
    const reason = view.unknown(unknown);
    for (const roomId of view.touched) held.set(roomId, { line, reason, named: false });
  }
  return held;
}
