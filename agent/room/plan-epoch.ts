import type { Room } from "./room.ts";

/** A row of a room that had none: plans of a room that was here before, and was forgotten, have other names. */
export function inEpoch(row: Room, epoch: number): Room {
  return { ...row, confirmedRequests: Math.max(row.confirmedRequests, epoch) };
}
