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
  specProblemAnswer,
  statusAnswer,
} from "./status-contract.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";
import { healthAnswer, liveAnswer, readyAnswer } from "./health-contract.ts";
import { historyAnswer, versionAnswer } from "./history-contract.ts";
import { reloadAnswer } from "./reload-contract.ts";
import type { RouteId } from "./routes.ts";
import { resumeAnswer, suspendAnswer } from "./suspend-contract.ts";
import { deliveriesAnswer, webhookAnswer } from "./webhook-contract.ts";
import { windowsAnswer } from "./windows-contract.ts";

/**
 * What is answered, route by route. All objects are closed. Only types of these shapes are in the agent; the commands that ask it, and
 * the tests, check answers by them.
 */

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

/** Shape of each route's answer by status; null: text. Every route may also answer `problemAnswer` with 400 and above. */
export const ANSWERS = {
  apply: {
    200: applyAnswer,
    202: z.union([applyAnswer, acceptedAnswer]),
    400: z.union([problemAnswer, passProblemAnswer]),
    412: passProblemAnswer,
    502: passProblemAnswer,
  },
  deleteRoom: { 200: deletedAnswer },
  acknowledge: { 200: acknowledgeAnswer },
  acceptSource: { 200: acceptAnswer },
  suspendRoom: { 200: suspendAnswer },
  resumeRoom: { 200: resumeAnswer },
  suspendSource: { 200: suspendAnswer },
  resumeSource: { 200: resumeAnswer },
  suspendAgent: { 200: suspendAnswer },
  resumeAgent: { 200: resumeAnswer },
  windows: { 200: windowsAnswer },
  reload: { 200: reloadAnswer },
  webhook: { 200: webhookAnswer, 202: webhookAnswer },
  deliveries: { 200: deliveriesAnswer },
  status: { 200: statusAnswer },
  roomStatus: { 200: roomAnswer },
  explain: { 200: explainAnswer },
  exportRoom: { 200: null },
  history: { 200: historyAnswer },
  version: { 200: versionAnswer },
  health: { 200: healthAnswer, 503: healthAnswer },
  livez: { 200: liveAnswer },
  readyz: { 200: readyAnswer, 503: readyAnswer },
  metrics: { 200: null },
  audit: { 200: auditAnswer },
} as const satisfies Record<RouteId, Readonly<Record<number, z.ZodType | null>>>;

export type ApplyAnswerBody = z.infer<typeof applyAnswer>;
export type PassMembers = Omit<ApplyAnswerBody, "correlationId" | "warnings">;
export type PassProblemBody = z.infer<typeof passProblemAnswer>;
export type AcceptedAnswerBody = z.infer<typeof acceptedAnswer>;
export type ProblemBody = z.infer<typeof problemAnswer>;
export type ProblemDetail = z.infer<typeof problemDetail>;
export type HealthBody = z.infer<typeof healthAnswer>;
export type StatusBody = z.infer<typeof statusAnswer>;
