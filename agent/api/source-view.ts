import { unmeant } from "../intake/source-watch.ts";
import { redactUrl } from "../kernel/redact.ts";
import type { Room } from "../room/room.ts";
import type { SourceRow } from "../room/rows.ts";
import type { LiveWarning } from "../trigger/live-warnings.ts";
import type { MissingCommit } from "../trigger/webhook/announcements.ts";
import type { HealthFacts } from "./health.ts";
import type { Live, LiveSource } from "./operator.ts";
import type { SourceAnswer } from "./status-contract.ts";
import { verifiedOf } from "./source-verified.ts";
import { syncStateOf } from "./sync-state.ts";

/** A source as the configuration names it. */
export interface SourceInfo {
  readonly name: string;
  readonly url: string;
  /** The branch, tag or other ref that is followed. */
  readonly ref: string;
  /** Which commits must be signed; absent: none. */
  readonly verify?: "head" | "all";
  /** A `Confirm` counts in signed commits alone. */
  readonly signedConfirms?: true;
  /** It is meant to be without specs at times. */
  readonly allowsEmpty?: true;
}

export interface SourceFacts {
  readonly info: SourceInfo;
  /** Null before the first poll has been stored. */
  readonly row: SourceRow | null;
  readonly rooms: readonly Room[];
  readonly live: LiveSource | undefined;
}

/** A source as it stands. */
export interface SourceStanding {
  readonly name: string;
  /** Null: the source that the room belongs to is not configured any more. */
  readonly info: SourceInfo | null;
  /** Null before its first poll has been stored. */
  readonly row: SourceRow | null;
  readonly live: LiveSource | undefined;
}

/** A source as `/status` shows it. */
export function toSourceView({ info, row, rooms, live }: SourceFacts): SourceAnswer {
  const state =
    row === null
      ? { observedRevision: null, syncedRevision: null, heldBackBy: [] }
      : syncStateOf(row, rooms);
  return {
    name: info.name,
    url: redactUrl(info.url),
    ref: info.ref,
    ...state,
    lastPoll: live?.lastPoll ?? null,
    nextPoll: live?.nextPoll ?? null,
    lastError: shownError(row?.lastError ?? null),
    specErrors: row?.specErrors ?? [],
    specErrorCount: row?.specErrorCount ?? 0,
    warnings: [...warningsOf(info, row), ...liveWarningsOf(live)].map(({ reason, message }) => ({
      reason,
      message,
    })),
    ...verifiedOf(info.verify !== undefined, row),
    ...(live?.pullRequests == null ? {} : { pullRequests: live.pullRequests }),
    ...webhookOf(live),
  };
}

function shownError(error: SourceRow["lastError"]): SourceAnswer["lastError"] {
  return error === null
    ? null
    : { reason: error.reason, message: error.message, since: error.since };
}

/** What a webhook announced and polls do not show. */
export function missingOf(live: LiveSource | undefined): readonly MissingCommit[] {
  const missing = live?.webhook?.missing ?? null;
  return missing === null ? [] : [missing];
}

/** Warnings that the store does not have. */
export function liveWarningsOf(
  live: LiveSource | undefined,
): readonly (MissingCommit | LiveWarning)[] {
  return [...missingOf(live), ...(live?.warnings ?? [])];
}

/** A file with `kind: RoomSpec` may be a template: health is not degraded by it. */
const isMild = ({ reason }: { readonly reason: string }): boolean => reason === "RoomSpecNotRead";

/** Warnings about the files of a source: a spec that a person believes to be read may not be. */
export function missingSpecsOf(
  info: Pick<SourceInfo, "allowsEmpty">,
  row: Pick<SourceRow, "warnings"> | null,
): readonly SourceRow["warnings"][number][] {
  return warningsOf(info, row).filter(
    ({ reason }) =>
      reason === "SpecNameIgnored" || reason === "RoomSpecNotRead" || reason === "NoSpecsFound",
  );
}

/** Those of the newest snapshot, without what is meant. */
function warningsOf(
  { allowsEmpty }: Pick<SourceInfo, "allowsEmpty">,
  row: Pick<SourceRow, "warnings"> | null,
): SourceRow["warnings"] {
  return row === null ? [] : unmeant(row, { allowEmpty: allowsEmpty === true });
}

/** What is known of a source that is configured; `row` is null before the first poll has been stored. */
export function standingOf(
  info: SourceInfo,
  row: SourceRow | null,
  { sources }: Pick<Live, "sources">,
): SourceStanding & { readonly info: SourceInfo } {
  const { name } = info;
  return { name, info, row, live: sources.find((source) => source.name === name) };
}

const NO_SPEC_ERRORS = { specErrors: [], specErrorCount: 0 };

/** What health is made of; `row` is null before the first poll has been stored. */
export function toHealthSource(
  info: SourceInfo,
  row: SourceRow | null,
  { sources }: Pick<Live, "sources">,
): HealthFacts["sources"][number] {
  const { name } = info;
  const live = sources.find((source) => source.name === name);
  const { mild = [], plain = [] } = Object.groupBy(missingSpecsOf(info, row), (warning) =>
    isMild(warning) ? "mild" : "plain",
  );
  return {
    name,
    lastError: row?.lastError ?? null,
    specErrors: row ?? NO_SPEC_ERRORS,
    warnings: [...plain, ...liveWarningsOf(live)],
    mild,
  };
}

/** `GET /webhooks/{source}/deliveries` shows more of them. */
const SHOWN_DELIVERIES = 5;

function webhookOf(live: LiveSource | undefined): Pick<SourceAnswer, "webhook"> {
  if (live === undefined || live.webhook === null) return {};
  const { deliveries, count, intervalMs } = live.webhook;
  return {
    webhook: {
      deliveries: deliveries.slice(0, SHOWN_DELIVERIES),
      deliveryCount: count,
      intervalSeconds: intervalMs === null ? null : intervalMs / 1000,
    },
  };
}
