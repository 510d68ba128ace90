import type { CommitRange } from "../source/spec-source.ts";
import type { RoomRow } from "../store/rows.ts";
import type { RoomIntent } from "./room-intent.ts";

/** What a fetch did to a room, besides what its commits said. */
export interface RoomTouch {
  readonly history: CommitRange["history"];
  /** Whether the room's inputs differ from those before the fetch. */
  readonly inputsChanged: boolean;
}

/**
 * Whether a room is a dry run after a fetch. A room of which no intent is known was touched, if its inputs changed, by
 * commits that say nothing, and that ends a dry run. Where the commits are not known (a first head, a rewritten history)
 * it goes on: nobody has said that it ends.
 */
export function nextDryRun(
  before: RoomRow["dryRun"],
  intent: RoomIntent | undefined,
  touch: RoomTouch,
): RoomRow["dryRun"] {
  if (intent?.dryRun.kind === "on") {
    const { commit, lookAlike } = intent.dryRun;
    return lookAlike === undefined ? { commit } : { commit, lookAlike };
  }
  if (intent?.dryRun.kind === "off") return null;
  return touch.history === "descends" && touch.inputsChanged ? null : before;
}
