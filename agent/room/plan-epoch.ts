import type { RoomRow } from "./rows.ts";

/** A row of a room that had none: plans of a room that was here before, and was forgotten, have other names. */
export function inEpoch(row: RoomRow, epoch: number): RoomRow {
  const confirmedRequests = Math.max(row.confirmedRequests ?? 0, epoch);
  return confirmedRequests === 0 ? row : { ...row, confirmedRequests };
}
