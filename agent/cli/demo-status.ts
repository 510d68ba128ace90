import { z } from "zod";

/** The part of `/status` that the demo shows. */
export const statusSchema = z.object({
  rooms: z.array(
    z.object({
      roomId: z.string(),
      verifiedRevision: z.string().nullable(),
      lastOutcome: z.string().nullable(),
      wouldRemove: z.array(z.string()),
      cutLists: z.array(z.object({ list: z.string(), total: z.number() })).optional(),
      howToConfirm: z.string().nullable(),
      refusals: z.array(z.object({ reason: z.string() })),
      intentIgnored: z.array(
        z.object({ commit: z.string(), line: z.string(), reason: z.string() }),
      ),
      needsPerson: z.object({ reason: z.string(), message: z.string() }).nullable(),
      conditions: z.array(
        z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() }),
      ),
    }),
  ),
  sources: z.array(
    z.object({
      name: z.string(),
      observedRevision: z.string().nullable(),
      lastError: z.object({ message: z.string() }).nullable(),
      specErrors: z.array(
        z.object({ path: z.string(), line: z.number(), column: z.number(), message: z.string() }),
      ),
      specErrorCount: z.number(),
      warnings: z.array(z.object({ reason: z.string(), message: z.string() })),
    }),
  ),
});

export type Status = z.infer<typeof statusSchema>;
export type Room = Status["rooms"][number];
export type Source = Status["sources"][number];

/** All that there is was read, and it names no room. */
export function isEmpty(status: Status): boolean {
  return status.rooms.length === 0 && isRead(status);
}

/** All that there is was read, and every room that it names is converged. */
export function isConverged({ rooms, sources }: Status): boolean {
  return (
    rooms.length > 0 &&
    rooms.every(isReady) &&
    sources.every(({ observedRevision }) => observedRevision !== null)
  );
}

/** All that there is was read, and each room is converged or waits for a person: more time would change nothing. */
export function isStuck(status: Status): boolean {
  const { rooms } = status;
  return (
    isRead(status) &&
    rooms.some((room) => !isReady(room)) &&
    rooms.every((room) => isReady(room) || room.needsPerson !== null)
  );
}

function isRead({ sources }: Status): boolean {
  return sources.every(
    ({ observedRevision, lastError }) => observedRevision !== null && lastError === null,
  );
}

export function isReady(room: Room): boolean {
  return room.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
