import { z } from "zod";
import { isoTime, listOf } from "./status-contract.ts";

export const healthAnswer = z.strictObject({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  timestamp: isoTime,
  /** What is not well, in words; empty when healthy. */
  problems: listOf(z.strictObject({ check: z.string(), message: z.string() })),
  /** What a person may have meant otherwise; it does not count against health. */
  warnings: listOf(z.strictObject({ check: z.string(), message: z.string() })),
});
export const liveAnswer = z.strictObject({
  status: z.literal("alive"),
  /** `holder.json` in the data folder of the agent has the same time. */
  startedAt: isoTime,
  timestamp: isoTime,
});
export const readyAnswer = z.strictObject({
  status: z.enum(["ready", "notReady"]),
  timestamp: isoTime,
});
