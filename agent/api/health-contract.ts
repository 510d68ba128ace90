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
export const liveAnswer = z.strictObject({ status: z.literal("alive"), timestamp: isoTime });
export const readyAnswer = z.strictObject({
  status: z.enum(["ready", "notReady"]),
  timestamp: isoTime,
});

/** Probes add parameters of their own; theirs are passed over. */
const anyQuery = z.object({});

/** The routes of probes; part of `ROUTES`. */
export const HEALTH_ROUTES = {
  health: {
    method: "get",
    path: "/health",
    summary: "Whether all is well",
    query: anyQuery,
    answers: { 200: healthAnswer, 503: healthAnswer },
  },
  livez: {
    method: "get",
    path: "/livez",
    summary: "Whether the process answers",
    query: anyQuery,
    answers: { 200: liveAnswer },
  },
  readyz: {
    method: "get",
    path: "/readyz",
    summary: "Whether each source has been looked at once",
    query: anyQuery,
    answers: { 200: readyAnswer, 503: readyAnswer },
  },
} as const;
