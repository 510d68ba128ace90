import { removalsOf } from "../plan/removals.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlanItem } from "../plan/plan-items.ts";
import { refusedOf, type Review, type RoomReview } from "./review.ts";

export type ChangeKind = "added" | "changed" | "removed";

/** What a change does, for people. */
export function changeKind({ action, before, after }: PlanItem): ChangeKind {
  if (action === "kick" || action === "delete") return "removed";
  if (action === "join") return "added";
  if (action === "setPolicy" && after === null) return "removed";
  return before === null ? "added" : "changed";
}

export function changesNothing({ result, seeds }: RoomReview): boolean {
  if (result.kind !== "planned" || seeds.length > 0) return false;
  const { actions, removedPolicies, blocked } = result.plan;
  const isIdle = actions.length === 0 && removedPolicies.length === 0 && blocked.length === 0;
  return isIdle && result.refusals.length === 0;
}

export interface ReviewCounts {
  readonly rooms: number;
  readonly changing: number;
  readonly gone: number;
  readonly removals: number;
  readonly refused: number;
  /** Rooms with a refusal, whether or not it is about removals. */
  readonly refusedRooms: number;
  readonly rejected: number;
  readonly failed: number;
  readonly invalid: number;
}

export function countsOf({ rooms, invalid }: Review): ReviewCounts {
  const of = (kind: RoomReview["result"]["kind"]) =>
    rooms.filter(({ result }) => result.kind === kind).length;
  return {
    rooms: rooms.length,
    changing: rooms.filter((room) => room.result.kind === "planned" && !changesNothing(room))
      .length,
    gone: of("gone"),
    removals: sum(rooms, ({ result }) =>
      result.kind === "planned" ? removalCount(result.plan) : 0,
    ),
    refused: sum(rooms, (room) => refusedOf(room).length),
    refusedRooms: rooms.filter(isRefused).length,
    rejected: of("rejected"),
    failed: of("failed"),
    invalid: invalid.length,
  };
}

/** Whether something in the room waits for a person once this is merged. */
export function isRefused(room: RoomReview): boolean {
  const { result } = room;
  if (result.kind === "gone") return result.prunes.length > 0;
  return result.kind === "planned" && result.refusals.length > 0;
}

/** One line that says all that counts. */
export function summaryOf(review: Review): string {
  const counts = countsOf(review);
  const [problem] = review.problems;
  const parts = [
    problem === undefined ? "" : "not planned whole",
    some(counts.invalid, "spec file", "with errors"),
    some(counts.rejected, "room", "that the source may not have"),
    some(counts.failed, "room", "that cannot be read"),
    some(counts.changing, "room", "changes", "change"),
    some(counts.gone, "room", "without a spec"),
    some(counts.removals, "removal"),
    some(counts.refused, "removal", "to be confirmed"),
    counts.refused === 0 ? some(counts.refusedRooms, "room", "refused") : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no room changes" : parts.join(", ");
}

function some(count: number, noun: string, ...[one = "", many = one]: readonly string[]): string {
  if (count === 0) return "";
  const what = count === 1 ? `1 ${noun} ${one}` : `${count} ${noun}s ${many}`;
  return what.trim();
}

function removalCount(plan: Plan): number {
  return removalsOf(plan).length;
}

function sum(rooms: readonly RoomReview[], of: (room: RoomReview) => number): number {
  return rooms.reduce((total, room) => total + of(room), 0);
}
