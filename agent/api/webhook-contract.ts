import { z } from "zod";
import { DELIVERY_RESULTS } from "../telemetry/labels.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";
import { deliveryAnswer, isoTime, listOf } from "./status-contract.ts";

const anyQuery = z.object({});

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

/** The routes of webhooks; part of `ROUTES`. */
export const WEBHOOK_ROUTES = {
  webhook: {
    method: "post",
    path: "/webhooks/:source",
    summary: "Poll a source now, because a forge says that something was pushed",
    query: anyQuery,
    isSigned: true,
    answers: { 200: webhookAnswer, 202: webhookAnswer },
  },
  deliveries: {
    method: "get",
    path: "/webhooks/:source/deliveries",
    summary: "The newest webhook deliveries of a source",
    query: z.strictObject({}),
    answers: { 200: deliveriesAnswer },
  },
} as const;
