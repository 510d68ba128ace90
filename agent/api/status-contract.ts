import { z } from "zod";
import type { JsonValue } from "../kernel/json.ts";
import { DELIVERY_RESULTS } from "../telemetry/labels.ts";
import { confirmationAnswer } from "./confirmation-contract.ts";
import { pullRequestsAnswer } from "./pull-requests-contract.ts";

/** Shapes of `/status`. Every object is closed; a member that does not apply is null or an empty list. */

export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
export const isoTime = z.iso.datetime();
/** `main@sha1:<40 hex>` (`sha1:…` of a commit that is followed by its id), or `api@sha256:<64 hex>` for a posted spec. */
const revision = z.string().min(1);
export const reasoned = z.strictObject({ reason: z.string(), message: z.string() });

/** `sha256:<64 hex>`: names a plan; `X-Confirm` takes it. */
export const planDigestAnswer = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const jsonValue: z.ZodType<JsonValue> = z.json();

/** One change with its values; null: nothing is there before, or it is removed. */
const planItemAnswer = z.strictObject({
  action: z.enum([
    "join",
    "replace",
    "kick",
    "seed",
    "promote",
    "delete",
    "setPolicy",
    "ensureResource",
  ]),
  item: z.string(),
  before: jsonValue,
  after: jsonValue,
});

/** A plan, by lists of names and change by change. */
export const diffAnswer = z.strictObject({
  toJoin: listOf(z.string()),
  toUpdate: listOf(z.string()),
  toKick: listOf(z.string()),
  toSeed: listOf(z.string()),
  toPromote: listOf(z.string()),
  toDelete: listOf(z.string()),
  toSetPolicies: listOf(z.string()),
  toEnsure: listOf(z.string()),
  blocked: listOf(z.strictObject({ item: z.string(), reason: z.string() })),
  /** The first changes in the plan's order. */
  items: listOf(planItemAnswer),
  /** How many changes follow that `items` does not show. */
  moreItems: z.int().min(0),
});

/** Why a guardrail says no. `confirmable`: a confirmation of `items` would lift it. */
export const refusalAnswer = z.strictObject({
  guardrail: z.string(),
  reason: z.string(),
  effect: z.enum(["refusal", "hold"]),
  message: z.string(),
  items: listOf(z.string()),
  confirmable: z.boolean(),
  /** When the sync windows allow it; absent: they say nothing, or no time was found. */
  nextAllowedAt: z.exactOptional(isoTime),
});

/** Lists that are shown in part, each with the number of its entries. */
export const cutListsAnswer = listOf(
  z.strictObject({ list: z.string(), shown: z.int().min(0), total: z.int().min(0) }),
);

/** A finding in a spec. Line and column count from 1. `further`: a last entry that stands for so many more findings. */
export const specProblemAnswer = z.strictObject({
  path: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  message: z.string(),
  further: z.int().min(1).optional(),
});

const change = { action: z.string(), item: z.string() };

/** Inputs that were rolled back and are not applied until they change or a person retries. */
export const quarantineAnswer = z.strictObject({
  revision,
  specVersion: z.int(),
  reason: z.string(),
  /** What the RoomServer refused. */
  message: z.string(),
  since: isoTime,
  howToRetry: z.string(),
  /** What was enforced before and is enforced again; null: the room is only observed. */
  enforcedRevision: revision.nullable(),
  undone: listOf(z.strictObject(change)),
  notUndone: listOf(z.strictObject({ ...change, reason: z.string(), message: z.string() })),
  /** Changes that the next passes still have to roll back. */
  pending: listOf(z.strictObject(change)),
});

export const roomAnswer = z.strictObject({
  roomId: z.string(),
  /** Name of the git source, `api` for a posted spec, null for a room without an owner. */
  source: z.string().nullable(),
  path: z.string().nullable(),
  /** `metadata.version` of the newest valid spec, and of the one applied last. */
  specVersion: z.int().nullable(),
  appliedSpecVersion: z.int().nullable(),
  observedRevision: revision.nullable(),
  attemptedRevision: revision.nullable(),
  appliedRevision: revision.nullable(),
  verifiedRevision: revision.nullable(),
  conditions: listOf(
    z.strictObject({
      type: z.string(),
      status: z.enum(["True", "False", "Unknown"]),
      reason: z.string(),
      message: z.string(),
      lastTransitionTime: isoTime,
    }),
  ),
  /** Why the room needs a person, in the words of its condition; null when it does not. `/health` counts these rooms. */
  needsPerson: reasoned.nullable(),
  isReconciling: z.boolean(),
  lastReconcile: isoTime.nullable(),
  lastOutcome: z.string().nullable(),
  pendingDiff: diffAnswer.nullable(),
  /** Names the plan in `pendingDiff`; null where there is none. */
  planDigest: planDigestAnswer.nullable(),
  blocked: listOf(z.strictObject({ item: z.string(), reason: z.string(), message: z.string() })),
  cyclesSinceConverged: z.int().min(0),
  /** Items whose removal is refused right now, and what would allow it; null when nothing would. */
  wouldRemove: listOf(z.string()),
  /** Lists of this room that are shown in part; absent where all are whole. */
  cutLists: z.exactOptional(cutListsAnswer),
  howToConfirm: z.string().nullable(),
  /** What was confirmed and was not removed yet, oldest first: a later pass may remove it. Absent: nothing. */
  confirmations: z.exactOptional(listOf(confirmationAnswer)),
  /** When the sync windows let the newest spec be applied; absent: they do not hold it back, or no time was found. */
  nextAllowedAt: z.exactOptional(isoTime),
  refusals: listOf(refusalAnswer),
  warnings: listOf(reasoned),
  intentIgnored: listOf(
    z.strictObject({ commit: z.string(), line: z.string(), reason: z.string() }),
  ),
  /** Why the newest spec is not used at all; null when it is. */
  headProblem: z.strictObject({ reason: z.string(), message: z.string(), revision }).nullable(),
  /** Between which revisions the history was rewritten, while the room has not converged since; null: it was not. */
  rewritten: z.strictObject({ from: revision, to: revision, since: isoTime }).nullable(),
  quarantine: quarantineAnswer.nullable(),
  /** The commit that says `Dry-Run`; null when none does. */
  dryRun: z.string().nullable(),
  /** True while git is ignored after `X-Override: true`. */
  overridden: z.boolean(),
  /** Set while the room has no owner because the configuration does not allow the last one to manage it. */
  lostOwner: z.exactOptional(
    z.strictObject({ source: z.string(), path: z.string(), reason: z.string(), since: isoTime }),
  ),
  /** True for a room without an owner: its status stays, nothing is written any more. */
  orphaned: z.boolean(),
});

/** One delivery of a webhook. */
export const deliveryAnswer = z.strictObject({
  time: isoTime,
  forge: z.enum(["gitea", "github", "gitlab", "generic"]),
  event: z.string(),
  deliveryId: z.string().nullable(),
  result: z.enum(DELIVERY_RESULTS),
  why: z.string(),
  /** Which secret signed it; null: none. */
  matchedSecret: z.enum(["current", "previous"]).nullable(),
});

const sourceConditionAnswer = z.strictObject({
  type: z.literal("SourceVerified"),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: isoTime.nullable(),
});

const signatureAnswer = z.strictObject({
  head: z.string(),
  tool: z.enum(["gpg", "ssh"]),
  /** Fingerprint: `SHA256:…` of an ssh key, 40 hex of a primary GPG key. */
  key: z.string(),
  /** The GPG user id, or the principal in the file of allowed signers. */
  name: z.string(),
  since: isoTime,
});

export const sourceAnswer = z.strictObject({
  name: z.string(),
  url: z.string(),
  ref: z.string(),
  observedRevision: revision.nullable(),
  syncedRevision: revision.nullable(),
  heldBackBy: listOf(z.strictObject({ roomId: z.string(), reason: z.string() })),
  lastPoll: isoTime.nullable(),
  nextPoll: isoTime.nullable(),
  lastError: z.strictObject({ reason: z.string(), message: z.string(), since: isoTime }).nullable(),
  /** The first 200, of as many files as possible; `specErrorCount` counts all. */
  specErrors: listOf(specProblemAnswer),
  specErrorCount: z.int().min(0),
  warnings: listOf(reasoned),
  /** Absent where the source asks for no signature. */
  conditions: z.exactOptional(listOf(sourceConditionAnswer)),
  /** Who signed the commit of `observedRevision`; absent where that was not checked. */
  signature: z.exactOptional(signatureAnswer),
  /** The open pull requests against its branch; absent where none are planned. */
  pullRequests: z.exactOptional(pullRequestsAnswer),
  /** Absent where the source has no webhook. */
  webhook: z.exactOptional(
    z.strictObject({
      /** The newest 5, newest first. */
      deliveries: listOf(deliveryAnswer),
      /** All since the agent started. */
      deliveryCount: z.int().min(0),
      /** Seconds between polls: more than configured while each new head is announced. Null: it is polled by a schedule. */
      intervalSeconds: z.number().min(0).nullable(),
    }),
  ),
});

/** A damaged store was set aside, and no room is written to but those that were released. */
export const observeOnlyAnswer = z.strictObject({
  since: isoTime,
  reason: z.string(),
  message: z.string(),
  /** Path of the damaged store. */
  file: z.string(),
  /** Rooms that a person released one by one. */
  released: listOf(z.string()),
});

/** The configuration in force, and why that of its file is not. */
export const configurationAnswer = z.strictObject({
  /** Since when it is in force. */
  loadedAt: isoTime,
  /** Null while it is that of the file. */
  lastError: z
    .strictObject({
      reason: z.string(),
      message: z.string(),
      since: isoTime,
      /** The first of them, by key or file. */
      problems: listOf(z.strictObject({ key: z.string(), message: z.string() })),
      problemCount: z.int().min(1),
    })
    .nullable(),
});

/** A person's order to write nothing for a time. */
export const suspensionAnswer = z.strictObject({
  scope: z.union([
    z.strictObject({ kind: z.literal("room"), roomId: z.string() }),
    z.strictObject({ kind: z.literal("source"), source: z.string() }),
    z.strictObject({ kind: z.literal("agent") }),
  ]),
  reason: z.string(),
  by: z.string(),
  correlationId: z.string(),
  since: isoTime,
  /** When it ends by itself; null: when it is resumed. */
  until: isoTime.nullable(),
});

export const statusAnswer = z.strictObject({
  version: z.string(),
  health: z.enum(["Healthy", "Degraded", "Unhealthy"]),
  rooms: listOf(roomAnswer),
  queuedRequests: z.int().min(0),
  /** Null while every room may be written to. */
  observeOnly: observeOnlyAnswer.nullable(),
  configuration: configurationAnswer,
  timestamp: isoTime,
  /** That of the only source; null with several or none. */
  syncedRevision: revision.nullable(),
  sources: listOf(sourceAnswer),
  /** What is suspended; absent where nothing is. */
  suspensions: z.exactOptional(listOf(suspensionAnswer)),
  /** What is odd about the agent as a whole. */
  warnings: z.exactOptional(listOf(reasoned)),
});

export type RoomAnswer = z.infer<typeof roomAnswer>;
export type SourceAnswer = z.infer<typeof sourceAnswer>;
