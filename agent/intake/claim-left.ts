import { toDryRun } from "../intent/to-dry-run.ts";
import { NOT_REMEMBERED } from "../room/dry-run-text.ts";
import { rehearsalOf } from "../room/rehearsals.ts";
import { withMore, type LeftOfRoom } from "../room/roomless-dry-runs.ts";
import type { DryRun } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { FORGOTTEN } from "./intent-in-room.ts";
import type { RoomlessMemory } from "./roomless-memory.ts";

/** What is asked for a file of another source's room, where a force-push may have brought back the spec of a dry run that ended. */
export function askedAgain(
  { inputs }: FileRow,
  given: {
    /** By what the commits say. */
    readonly next: DryRun | null;
    readonly remembered: LeftOfRoom;
    readonly memory: Pick<RoomlessMemory, "isCut">;
    readonly history: CommitRange["history"];
    readonly head: string;
  },
): DryRun | null {
  const { next, remembered, memory, history, head } = given;
  if (next !== null || inputs === null || history !== "rewritten") return next;
  const again = rehearsalOf({ rehearsals: remembered.ended }, inputs);
  if (again !== undefined) return toDryRun(again);
  if (!remembered.forgotten && !memory.isCut) return null;
  return { commit: head, lookAlike: { line: NOT_REMEMBERED, reason: FORGOTTEN } };
}

/** What is remembered of the room once a file of it asks for `asked`; `known`: the file that kept a dry run before. */
export function claimLeft(
  { left, ...remembered }: LeftOfRoom,
  given: {
    readonly row: FileRow;
    readonly known: FileRow | null;
    readonly asked: DryRun | null;
    readonly history: CommitRange["history"];
    /** Whether `left` is what a dry run of the file comes from. */
    readonly usesLeft: boolean;
  },
): LeftOfRoom {
  const { row, known, asked, history, usesLeft } = given;
  const was = known?.asked ?? null;
  const isAway = history !== "descends" && known?.oid !== row.oid;
  const lasts = was?.commit === asked?.commit && !isAway;
  const inputs = known?.inputs ?? null;
  const ended =
    was === null || known === null || lasts
      ? []
      : [
          {
            ...toDryRun(was),
            oid: was.oid ?? known.oid,
            ...(inputs === null ? {} : { inputs: inputs.digest }),
          },
        ];
  if (left === null || !usesLeft) return withMore({ left, ...remembered }, ended);
  const isBack = asked?.commit === left.commit && row.oid === left.oid;
  return withMore({ left: null, ...remembered }, isBack ? ended : [...ended, left]);
}
