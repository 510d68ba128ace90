import { countsOf } from "./plan-text.ts";
import type { Review } from "./review.ts";

/** Why a review may say more when it is made again; null: it is whole. */
export function whyPartial({ problems, rooms }: Review): string | null {
  const problem = problems.find(({ isPassing }) => isPassing);
  if (problem !== undefined) return problem.message;
  const failed = rooms.find(({ result }) => result.kind === "failed");
  if (failed?.result.kind !== "failed") return null;
  return `room ${failed.roomId} cannot be read: ${failed.result.message}`;
}

/** Of its log line and audit record. */
export function fieldsOf(review: Review): Readonly<Record<string, number>> {
  const { rooms, refused, invalid } = countsOf(review);
  return { rooms, refused, invalid };
}
