import { z } from "zod";
import { suspensionAnswer } from "./status-contract.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";

const correlationId = z.string().regex(CORRELATION_ID, "is not a correlation id");
const noQuery = z.strictObject({});

export const isoTimeWithZone = z.iso.datetime({
  offset: true,
  error: "is not an ISO time with a zone",
});

/** Body of the `suspend` routes. */
export const suspendRequest = z.strictObject({
  reason: z.string().trim().min(1, "is empty: say why").max(500),
  until: z.exactOptional(isoTimeWithZone),
});

export const suspendAnswer = z.strictObject({
  success: z.literal(true),
  suspension: suspensionAnswer,
  /** The suspension that this one takes the place of; null: there was none. */
  replaced: suspensionAnswer.nullable(),
  correlationId,
});

export const resumeAnswer = z.strictObject({
  success: z.literal(true),
  /** What has ended; null: it was not suspended. */
  ended: suspensionAnswer.nullable(),
  /** What still keeps the room suspended: its source, or the freeze of all rooms. */
  stillSuspended: suspensionAnswer.nullable(),
  correlationId,
});

/** The routes that suspend and resume; part of `ROUTES`. */
export const SUSPEND_ROUTES = {
  suspendRoom: {
    method: "post",
    path: "/rooms/:roomId/suspend",
    summary: "Write nothing to a room until it is resumed or the time is over",
    query: noQuery,
    takesBody: true,
    answers: { 200: suspendAnswer },
  },
  resumeRoom: {
    method: "post",
    path: "/rooms/:roomId/resume",
    summary: "End the suspension of a room",
    query: noQuery,
    answers: { 200: resumeAnswer },
  },
  suspendSource: {
    method: "post",
    path: "/sources/:name/suspend",
    summary: "Write nothing to the rooms of a source",
    query: noQuery,
    takesBody: true,
    answers: { 200: suspendAnswer },
  },
  resumeSource: {
    method: "post",
    path: "/sources/:name/resume",
    summary: "End the suspension of a source",
    query: noQuery,
    answers: { 200: resumeAnswer },
  },
  suspendAgent: {
    method: "post",
    path: "/suspend",
    summary: "Freeze: write nothing to any room",
    query: noQuery,
    takesBody: true,
    answers: { 200: suspendAnswer },
  },
  resumeAgent: {
    method: "post",
    path: "/resume",
    summary: "End the freeze of all rooms",
    query: noQuery,
    answers: { 200: resumeAnswer },
  },
} as const;
