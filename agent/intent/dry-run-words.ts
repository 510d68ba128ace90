import type { RoomChange } from "./room-changes.ts";
import type { RoomDraft } from "./room-drafts.ts";
import type { DryRun } from "../room/room.ts";
import type { DryRunWord } from "./room-intent.ts";

/** The dry run after a commit that touches the room and does not say that it is one. */
export function touchedWord(
  { dryRun: before, file }: Pick<RoomDraft, "dryRun" | "file">,
  { was, reseeded }: Pick<RoomChange, "was" | "reseeded">,
): DryRunWord {
  const byName = before.kind === "off" && before.byName === true;
  const asked = reseeded ? undefined : askedBefore(before, file ?? was);
  return { kind: "off", ...(byName ? { byName } : {}), ...(asked === undefined ? {} : { asked }) };
}

function askedBefore(before: DryRunWord, oid: string | null) {
  if (before.kind === "off") return before.asked;
  if (before.kind === "unchanged" || oid === null) return undefined;
  return { oid, dryRun: toDryRun(before) };
}

export function toDryRun({ commit, label, lookAlike }: DryRun): DryRun {
  return {
    commit,
    ...(label === undefined ? {} : { label }),
    ...(lookAlike === undefined ? {} : { lookAlike }),
  };
}
