/** The values that metric labels may have. All are known before the first event, so that every series starts at 0. */

export const ACTION_KINDS = [
  "join",
  "replace",
  "kick",
  "seed",
  "promote",
  "delete",
  "setPolicy",
  "ensureResource",
] as const;

/** `already`: the server reported that nothing had to change; `unknown`: no answer shows whether it happened. */
export const ACTION_RESULTS = ["done", "already", "failed", "unknown"] as const;

export const PHASES = ["PLANNING", "PRE_CHECKS", "APPLY", "VERIFY", "ROLLBACK"] as const;

export const OUTCOMES = [
  "converged",
  "planned",
  "partial",
  "stalled",
  "waiting",
  "superseded",
  "refused",
  "rolledBack",
  "failed",
] as const;

/** What was odd about a read of a room. */
export const SUSPICION_KINDS = [
  "otherRoom",
  "hashMissing",
  "empty",
  "foreign",
  "incomplete",
] as const;

/** `unchanged` and `changed` are good answers; the others say why there was none. */
export const POLL_RESULTS = [
  "unchanged",
  "changed",
  "Unreachable",
  "Timeout",
  "AuthenticationFailed",
  "RepositoryNotFound",
  "RateLimited",
  "ServerError",
  "RedirectRefused",
  "ProtocolError",
  "BranchMissing",
  "TagMissing",
  "NoTagInRange",
  "TagsAmbiguous",
  "NotACommit",
  "CommitMissing",
  "RepositoryEmpty",
  "LimitExceeded",
  "CorruptPack",
  "SourceEmptied",
  "LaggingReplica",
  "UnrelatedHistory",
  "FolderMissing",
  "FolderUnreadable",
  "IgnoreFileInvalid",
  "FolderChanging",
  "WorkerFailed",
  "SignatureMissing",
  "SignatureInvalid",
  "SignerUnknown",
  "KeyExpired",
  "KeyRevoked",
  "SignatureUnchecked",
] as const;

/** What came of a webhook delivery. Those from `invalid` on brought nothing. */
export const DELIVERY_RESULTS = [
  "accepted",
  "pullRequest",
  "ping",
  "replayed",
  "otherRepository",
  "otherRef",
  "ignored",
  "invalid",
  "refused",
  "noSecret",
  "unreadable",
  "limited",
] as const;

/** Why a clone was rotated; those from `damaged` on: why it was discarded first. */
export const CLONE_RESULTS = [
  "packs",
  "bytes",
  "age",
  "failed",
  "damaged",
  "gone",
  "badPacks",
  "limit",
  "useless",
] as const;

/** Warnings about a source that only a running process finds. */
export const LIVE_WARNINGS = [
  "FolderNotWatched",
  "HandOverOverdue",
  "LabelChanged",
  "LabelsNotRead",
  "SyncStatusNotWritten",
  "WebhookSecretUnreadable",
  "PlanNotPublished",
] as const;

/** Warnings about the files of a source's newest snapshot. */
export const SNAPSHOT_WARNINGS = [
  "NoSpecsFound",
  "SpecNameIgnored",
  "RoomSpecNotRead",
  "SpecsIgnored",
] as const;

/** Warnings of a room: about a change that is applied all the same, and that it does not follow git. */
export const ROOM_WARNINGS = [
  "Overridden",
  "PlanChanged",
  "SpecVersionReused",
  "SpecVersionReverted",
  "SpecWarning",
] as const;

export type RoomWarningLabel = (typeof ROOM_WARNINGS)[number];

export type SnapshotWarningLabel = (typeof SNAPSHOT_WARNINGS)[number];

/** What came of a plan of a pull request. */
export const REVIEW_RESULTS = ["published", "unchanged", "failed"] as const;

export const ROOM_SERVER_OPERATIONS = [
  "readState",
  "readFingerprint",
  "join",
  "kick",
  "seed",
  "promote",
  "deleteArtifact",
  "setPolicy",
  "ensureResource",
] as const;

/** How one HTTP request ended: by its status, or without one. */
export const REQUEST_RESULTS = [
  "2xx",
  "3xx",
  "401",
  "403",
  "404",
  "409",
  "429",
  "4xx",
  "5xx",
  "timeout",
  "transport",
  "invalid",
] as const;

export type ActionKindLabel = (typeof ACTION_KINDS)[number];
export type ActionResultLabel = (typeof ACTION_RESULTS)[number];
export type SuspicionLabel = (typeof SUSPICION_KINDS)[number];
export type PhaseLabel = (typeof PHASES)[number];
export type OutcomeLabel = (typeof OUTCOMES)[number];
/** What the specification's success and failure counters count; `neither` for passes that wait. */
export type PassResultLabel = "success" | "failure" | "neither";
export type PollResultLabel = (typeof POLL_RESULTS)[number];
export type DeliveryResultLabel = (typeof DELIVERY_RESULTS)[number];
export type ReviewResultLabel = (typeof REVIEW_RESULTS)[number];
export type LiveWarningLabel = (typeof LIVE_WARNINGS)[number];
export type CloneResultLabel = (typeof CLONE_RESULTS)[number];
export type OperationLabel = (typeof ROOM_SERVER_OPERATIONS)[number];
export type RequestResultLabel = (typeof REQUEST_RESULTS)[number];

/** The label of an HTTP status: itself where it stands alone, else its class. */
export function toRequestResult(status: number): RequestResultLabel {
  const exact = REQUEST_RESULTS.find((label) => label === String(status));
  if (exact !== undefined) return exact;
  const group = `${Math.floor(status / 100)}xx`;
  return REQUEST_RESULTS.find((label) => label === group) ?? "invalid";
}
