import { z } from "zod";
import { isoTime, listOf } from "./status-contract.ts";

export const windowsAnswer = z.strictObject({
  /** In the order of `Operator.SyncWindows`. */
  windows: listOf(
    z.strictObject({
      kind: z.enum(["allow", "deny"]),
      schedule: z.string(),
      timeZone: z.string(),
      durationMinutes: z.int().min(1),
      rooms: listOf(z.string()),
      sources: listOf(z.string()),
      description: z.string(),
      on: z.boolean(),
      /** When it ends (on) or begins (off) next; null: no time was found. */
      changesAt: isoTime.nullable(),
    }),
  ),
  /** The first 100 rooms whose newest spec waits for a window, and when it is applied; null: no time was found. */
  waiting: listOf(z.strictObject({ roomId: z.string(), nextAllowedAt: isoTime.nullable() })),
  waitingCount: z.int().min(0),
  timestamp: isoTime,
});

export type WindowsAnswer = z.infer<typeof windowsAnswer>;
