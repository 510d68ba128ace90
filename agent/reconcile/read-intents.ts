import { commitWords, type MergedCommits } from "../intent/commit-words.ts";
import { neededSpecs, roomIntents, type RoomIntents } from "../intent/commit-intents.ts";
import type { RoomStanding } from "../intent/intent-question.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import type { CommitRange, SpecSource } from "../source/spec-source.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { refusedItems } from "./refused-items.ts";

export interface IntentGiven {
  readonly spec: Pick<SpecSource, "readSpecs">;
  readonly mergedCommits: MergedCommits;
  readonly store: Pick<Store, "readRoom">;
  /** Names the source on each line. */
  readonly log: Pick<Logger, "warn">;
  /** The room last seen at a path; null: none. */
  readonly roomOfPath: (path: string) => string | null;
  /** Whether a commit's `Confirm` was read before. */
  readonly isUsed: (commit: string) => boolean;
  readonly standingOf: (roomId: string) => RoomStanding;
}

/** What the commits of a fetch mean for each room. What does not count is logged: a few lines, however many there are. */
export async function readIntents(
  range: CommitRange,
  given: IntentGiven,
  signal: AbortSignal,
): Promise<RoomIntents> {
  const { roomOfPath, isUsed, standingOf, store, log } = given;
  const words = commitWords(range, given.mergedCommits);
  // Of a first head all files are read anyway.
  const needed = range.history === "first" ? [] : neededSpecs(words, roomOfPath);
  const specs: ReadonlyMap<string, RoomSpec | null> =
    needed.length === 0 ? new Map() : await given.spec.readSpecs(needed, signal);
  const refused = await refusedItems(words, (roomId) => standingOf(roomId) === "own", store);
  const intents = roomIntents({
    words,
    specs,
    roomOfPath,
    refusedItems: (roomId) => refused.get(roomId) ?? [],
    isUsed,
    standingOf,
  });
  for (const report of intents.reports) log.warn(report, "intent ignored");
  return intents;
}
