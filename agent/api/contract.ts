import { z } from "zod";
import { OUTCOMES } from "../telemetry/labels.ts";
import { explainAnswer } from "./explain/explain-contract.ts";
import {
  cutListsAnswer,
  diffAnswer,
  isoTime,
  listOf,
  observeOnlyAnswer,
  planDigestAnswer,
  refusalAnswer,
  roomAnswer,
  roomQuery,
  specProblemAnswer,
  statusAnswer,
} from "./status-contract.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";
import { HEALTH_ROUTES, type healthAnswer } from "./health-contract.ts";
import { RELOAD_ROUTES } from "./reload-contract.ts";
import { SUSPEND_ROUTES } from "./suspend-contract.ts";
import { WEBHOOK_ROUTES } from "./webhook-contract.ts";
import { WINDOW_ROUTES } from "./windows-contract.ts";
import { HISTORY_ROUTES } from "./history-contract.ts";
import { wholeNumber } from "./whole-number.ts";

/** What may be asked and what is answered, route by route. All objects are closed. */

const correlationId = z.string().regex(CORRELATION_ID, "is not a correlation id");

/** What a pass did. `duration` is in seconds. */
const passMembers = {
  success: z.boolean(),
  /** True when something is left to do although the pass did what it could. */
  partialSuccess: z.boolean(),
  roomId: z.string(),
  phase: z.enum(["PLANNING", "PRE_CHECKS", "APPLY", "VERIFY", "ROLLBACK"]),
  outcome: z.enum(OUTCOMES),
  /** Why it did not end as `converged` or `planned`; null when there is nothing to explain. */
  reason: z.string().nullable(),
  message: z.string().nullable(),
  /** What took the place of the inputs that were asked about, by revision and request; null: nothing did. */
  supersededBy: z
    .strictObject({ revision: z.string().nullable(), correlationId: z.string().nullable() })
    .nullable(),
  diff: diffAnswer,
  /** Names the plan in `diff`; null where none was made. */
  planDigest: planDigestAnswer.nullable(),
  refusals: listOf(refusalAnswer),
  /** Lists of `diff` and `refusals` that are shown in part; absent where all are whole. */
  cutLists: z.exactOptional(cutListsAnswer),
  duration: z.number().min(0),
};

export const applyAnswer = z.strictObject({
  ...passMembers,
  correlationId,
  warnings: listOf(z.string()),
});

/** The pass continues after the answer. */
export const acceptedAnswer = z.strictObject({
  success: z.literal(false),
  partialSuccess: z.literal(false),
  correlationId,
  roomId: z.string(),
  outcome: z.literal("accepted"),
  reason: z.string(),
  warnings: listOf(z.string()),
  /** Where to look for how it ends: paths of this API. */
  see: z.strictObject({ status: z.string(), audit: z.string() }),
});

const problemDetail = z.union([
  specProblemAnswer,
  refusalAnswer,
  z.strictObject({ name: z.exactOptional(z.string()), message: z.string() }),
]);

/** RFC 9457, `application/problem+json`. `code` is the word to program against. */
const problemMembers = {
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  detail: z.string(),
  correlationId,
  errors: listOf(problemDetail),
  warnings: listOf(problemDetail),
};

export const problemAnswer = z.strictObject(problemMembers);
/** A pass that was refused or failed: the problem, with the members of the pass. */
export const passProblemAnswer = z.strictObject({ ...passMembers, ...problemMembers });

export const deletedAnswer = z.strictObject({
  success: z.literal(true),
  roomId: z.string(),
  /** `orphaned`: the room has no owner any more. `forgotten`: it had none, and its row was deleted. */
  outcome: z.enum(["orphaned", "forgotten"]),
  correlationId,
});

export const acknowledgeAnswer = z.strictObject({
  success: z.literal(true),
  /** What has ended by it; null when the agent was not observe-only. */
  ended: observeOnlyAnswer.nullable(),
  /** What the damaged store took with it, and what to do; null when nothing has ended. */
  lost: z.string().nullable(),
  correlationId,
});

/** Body of `POST /sources/{name}/accept`. */
export const acceptRequest = z.strictObject({
  head: z.string().regex(/^[0-9a-f]{40}$/, "is not a commit id of 40 hex digits"),
});

export const acceptAnswer = z.strictObject({
  success: z.literal(true),
  source: z.string(),
  /** Revisions: what was followed before (null: nothing), and what is followed from now on. */
  from: z.string().nullable(),
  to: z.string(),
  correlationId,
});

export const auditAnswer = z.strictObject({
  /** Oldest first. */
  entries: listOf(
    z.strictObject({
      type: z.enum(["command", "event"]),
      action: z.string(),
      correlationId: z.string(),
      timestamp: isoTime,
      operatorVersion: z.string(),
      specVersion: z.int().nullable(),
      metadata: z.record(z.string(), z.json()),
    }),
  ),
});

const noQuery = z.strictObject({});
/** Probes and scrapers add parameters of their own; theirs are passed over. */
const anyQuery = z.object({});
const name = z.string().min(1).max(256);
const sourceQuery = z.strictObject({ source: z.exactOptional(name) });
const auditQuery = z.strictObject({
  count: wholeNumber({ least: 1, most: 1000, usual: 100 }),
  correlationId: z.exactOptional(correlationId),
  roomId: z.exactOptional(name),
});

export interface RouteContract {
  readonly method: "get" | "post" | "delete";
  /** With `:name` for one path segment. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType;
  /** True for a route that reads a body. */
  readonly takesBody?: true;
  /** True for a route whose body is signed: it passes the gate of webhooks. */
  readonly isSigned?: true;
  /** True for a route that has a dry run, a confirmation and an override. Any other that changes something refuses their headers. */
  readonly takesSwitches?: true;
  /** Shape of the answer by status; null: text. Every route may also answer `problemAnswer` with 400 and above. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
}

/** Every route there is. What is not in this table is not served. */
export const ROUTES = {
  apply: {
    method: "post",
    path: "/apply",
    summary: "Reconcile a room now, from git or from the posted RoomSpec",
    query: sourceQuery,
    takesBody: true,
    takesSwitches: true,
    answers: {
      200: applyAnswer,
      202: z.union([applyAnswer, acceptedAnswer]),
      400: z.union([problemAnswer, passProblemAnswer]),
      412: passProblemAnswer,
      502: passProblemAnswer,
    },
  },
  deleteRoom: {
    method: "delete",
    path: "/rooms/:roomId",
    summary: "Orphan a room that a posted RoomSpec owns, or forget one without an owner",
    query: noQuery,
    answers: { 200: deletedAnswer },
  },
  acknowledge: {
    method: "post",
    path: "/acknowledge",
    summary: "End observe-only for all rooms",
    query: noQuery,
    answers: { 200: acknowledgeAnswer },
  },
  acceptSource: {
    method: "post",
    path: "/sources/:name/accept",
    summary: "Follow a branch that shares no commit with what was followed",
    query: noQuery,
    takesBody: true,
    answers: { 200: acceptAnswer },
  },
  ...SUSPEND_ROUTES,
  ...WINDOW_ROUTES,
  ...RELOAD_ROUTES,
  ...WEBHOOK_ROUTES,
  status: {
    method: "get",
    path: "/status",
    summary: "The agent, its sources and its rooms",
    query: sourceQuery,
    answers: { 200: statusAnswer },
  },
  roomStatus: {
    method: "get",
    path: "/status/rooms/:roomId",
    summary: "One room, and one page of each of its lists",
    query: roomQuery,
    answers: { 200: roomAnswer },
  },
  explain: {
    method: "get",
    path: "/rooms/:roomId/explain",
    summary: "Why a room is not at head, and what would bring it there",
    query: noQuery,
    answers: { 200: explainAnswer },
  },
  exportRoom: {
    method: "get",
    path: "/rooms/:roomId/export",
    summary: "A RoomSpec of what a room holds now on the RoomServer, in YAML",
    query: noQuery,
    answers: { 200: null },
  },
  ...HISTORY_ROUTES,
  ...HEALTH_ROUTES,
  metrics: {
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    query: anyQuery,
    answers: { 200: null },
  },
  audit: {
    method: "get",
    path: "/audit",
    summary: "The newest audit records",
    query: auditQuery,
    answers: { 200: auditAnswer },
  },
} as const satisfies Record<string, RouteContract>;

export type RouteId = keyof typeof ROUTES;
export type ApplyAnswerBody = z.infer<typeof applyAnswer>;
export type PassMembers = Omit<ApplyAnswerBody, "correlationId" | "warnings">;
export type PassProblemBody = z.infer<typeof passProblemAnswer>;
export type AcceptedAnswerBody = z.infer<typeof acceptedAnswer>;
export type ProblemBody = z.infer<typeof problemAnswer>;
export type ProblemDetail = z.infer<typeof problemDetail>;
export type HealthBody = z.infer<typeof healthAnswer>;
export type StatusBody = z.infer<typeof statusAnswer>;
