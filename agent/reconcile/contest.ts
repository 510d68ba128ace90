import type { Facts } from "../guardrail/guardrail.ts";
import type { Item } from "../plan/item.ts";
import type { Contest } from "../room/contest.ts";
import type { Room } from "../room/room.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import { isDrift } from "../room/drift-rule.ts";
import type { ContestNews, EndedPass } from "./ended-pass.ts";
import {
  contestAfter,
  contestText,
  contestWaitMs,
  type CorrectedOften,
} from "../room/contest-law.ts";
import type { CorrectedItem } from "./correction-counts.ts";
import type { ReconcileDeps, Attempt } from "./pass.ts";
import { settleAction } from "./sending/settle-action.ts";

/**
 * Who changes the room back, and how long a pass leaves it alone; null where it need not wait. A new revision is other
 * inputs, and a person who asks is not slowed down.
 */
export function contestedFact(
  { row: { contest }, inputs, cause }: Attempt,
  nowMs: number,
): Facts["contested"] {
  if (contest === null || contest.inputs !== inputs.digest || cause.trigger === "apply")
    return null;
  const waitMs = contestWaitMs(contest, nowMs);
  return waitMs === 0 ? null : { message: contestText(contest), waitMs };
}

/**
 * The items that the RoomServer is known to keep when they are written: they are contested, or a read showed them
 * corrected in the last minute. What a read-back denies of them was changed back; of others the write may have been lost.
 */
export function keptItems(
  { roomId, contest }: Pick<Room, "roomId" | "contest">,
  { corrections }: Pick<ReconcileDeps, "corrections">,
): (item: Item) => boolean {
  const contested = new Set(contest?.items.map(({ item }) => item));
  return (item) => contested.has(item) || corrections.wasSeen(roomId, item);
}

/** Counts what a pass corrected; what each item comes to by now. */
export function countCorrections(
  ended: EndedPass,
  deps: Pick<ReconcileDeps, "corrections">,
): readonly CorrectedOften[] {
  const { row } = ended;
  return deps.corrections.add(row.roomId, correctedItems(ended, keptItems(row, deps)));
}

/** The items that a pass corrected without a new revision or request; denied ones only where they are kept otherwise. */
function correctedItems(
  { row, cause, attempts }: EndedPass,
  isKept: (item: Item) => boolean,
): readonly CorrectedItem[] {
  if (cause.trigger === "apply") return [];
  const items = attempts
    .filter(({ inputs, ending }) => isDrift({ row, inputs }) && ending.rollback === null)
    .flatMap(({ ending: { reports, verified } }) =>
      reports
        .filter(({ result }) => result.kind === "done")
        .map(({ action }) => {
          const isDenied =
            verified !== null && settleAction(action, verified.observedAfter) === "notDone";
          return { item: action.item, isSeen: !isDenied };
        }),
    )
    .filter(({ item, isSeen }) => isSeen || isKept(item));
  return [...new Map(items.map((each) => [each.item, each])).values()];
}

/** The contest as it is after a pass. */
export function contestOf(
  { row, cause, attempts }: EndedPass,
  corrected: readonly CorrectedOften[],
  nowMs: number,
): Contest | null {
  const before = row.contest;
  const inputs = attempts.at(-1)?.inputs.digest ?? before?.inputs;
  if (inputs === undefined) return null;
  const converged = attempts.at(-1)?.ending.outcome.kind === "converged";
  return cause.dryRun ? before : contestAfter(before, { inputs, corrected, converged, nowMs });
}

export function contestNews(before: Room, after: Room): ContestNews {
  const was = before.contest;
  const is = after.contest;
  if (was === null) return is === null ? null : "began";
  return is === null ? "ended" : null;
}

/** What the audit says: when it begins, and when nothing was changed back for long enough. */
export function contestRecords(
  { row, cause, attempts }: EndedPass,
  after: Room,
  deps: Pick<ReconcileDeps, "trail">,
): readonly StoreChange[] {
  const news = contestNews(row, after);
  const contest = news === "began" ? after.contest : row.contest;
  if (news === null || contest === null) return [];
  const metadata = {
    reason: "Contested",
    since: contest.since,
    items: contest.items.map(({ item, count }) => ({ item, count })),
    corrections: contest.corrections,
    ...(news === "began" ? { message: contestText(contest) } : {}),
  };
  const action = news === "began" ? "room.contested" : "room.uncontested";
  const subject = { row, cause, inputs: attempts.at(-1)?.inputs ?? null };
  return [auditRecord(subject, deps, { action, metadata })];
}
