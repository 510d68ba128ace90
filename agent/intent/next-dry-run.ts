import type { CommitRange } from "../source/spec-source.ts";
import type { Room } from "../room/room.ts";
import { NO_SPEC } from "../room/rehearsals.ts";
import { toDryRun } from "./to-dry-run.ts";
import type { RoomIntent } from "./room-intent.ts";

/** What a fetch did to a room, besides what its commits said. */
export interface RoomTouch {
  readonly history: CommitRange["history"];
  /** Whether the room's inputs differ from those before the fetch, because its file or a seed was changed. */
  readonly inputsChanged: boolean;
  /** Blob id of the file it is at; null: it is at no good file. */
  readonly oid: string | null;
  /** Whether the room was held to its inputs before: they are enforced, or were verified. */
  readonly wasHeldTo: boolean;
}

/**
 * Whether a room is a dry run after a fetch. Only other inputs or a `Confirm` that names it end one: no move of its file, no
 * other owner, no file that breaks. A room of which no intent is known was touched, if its inputs changed, by commits that
 * say nothing. Where the commits are not known (a first head, a rewritten history) it lasts: no commit ended it. A force-push
 * to inputs that the room was held to before ends it: it is not about them.
 */
export function nextDryRun(
  before: Room["dryRun"],
  intent: RoomIntent | undefined,
  { history, inputsChanged, oid, wasHeldTo }: RoomTouch,
): Room["dryRun"] {
  const word = intent?.dryRun ?? { kind: "unchanged" };
  if (word.kind === "on")
    return oid === null ? { ...toDryRun(word), oid: NO_SPEC } : toDryRun(word);
  if (word.kind === "off") {
    const { asked } = word;
    if (asked !== undefined && oid === null) return { ...asked.dryRun, oid: asked.oid };
    if (asked?.oid === oid) return asked?.dryRun ?? null;
    if (word.byName === true) return null;
  }
  const isAsked = before?.oid !== undefined && before.oid === oid;
  const mayEnd = history === "descends" || (history === "rewritten" && wasHeldTo);
  return mayEnd && inputsChanged && !isAsked ? null : before;
}
