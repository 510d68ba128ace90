import { z } from "zod";
import { DELIVERY_RESULTS } from "../telemetry/labels.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";
import { deliveryAnswer, isoTime, listOf } from "./status-contract.ts";

export const webhookAnswer = z.strictObject({
  success: z.literal(true),
  source: z.string(),
  result: z.enum(DELIVERY_RESULTS),
  /** What is done about it, or why nothing is. */
  why: z.string(),
  correlationId: z.string().regex(CORRELATION_ID),
});

export const deliveriesAnswer = z.strictObject({
  source: z.string(),
  /** Newest first, at most 50 of which at most 10 were not verified. */
  deliveries: listOf(deliveryAnswer),
  /** All since the agent started. */
  deliveryCount: z.int().min(0),
  timestamp: isoTime,
});
