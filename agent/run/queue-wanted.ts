import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { WorkQueue } from "../queue/work-queue.ts";

/** Puts the rooms that want a pass from the start into the queue, in turns, however many they are. */
export function queueWanted(
  queue: Pick<WorkQueue, "add">,
  roomIds: readonly string[],
): Promise<void> {
  return inTurns(inSteps(roomIds, (roomId) => queue.add(roomId, "interval")));
}
