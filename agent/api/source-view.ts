import { redactUrl } from "../kernel/redact.ts";
import type { Room } from "../room/room.ts";
import type { SourceRow } from "../room/rows.ts";
import type { LiveWarning } from "../trigger/live-warnings.ts";
import type { MissingCommit } from "../trigger/webhook/announcements.ts";
import type { LiveSource } from "./operator.ts";
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
}

export interface SourceFacts {
  readonly info: SourceInfo;
  /** Null before the first poll has been stored. */
  readonly row: SourceRow | null;
  readonly rooms: readonly Room[];
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
    lastError: row?.lastError ?? null,
    specErrors: row?.specErrors ?? [],
    specErrorCount: row?.specErrorCount ?? 0,
    warnings: [...(row?.warnings ?? []), ...liveWarningsOf(live)].map(({ reason, message }) => ({
      reason,
      message,
    })),
    ...verifiedOf(info.verify !== undefined, row),
    ...(live?.pullRequests == null ? {} : { pullRequests: live.pullRequests }),
    ...webhookOf(live),
  };
}

/** What a webhook announced and polls do not show. */
export function missingOf(live: LiveSource | undefined): readonly MissingCommit[] {
  const missing = live?.webhook?.missing ?? null;
  return missing === null ? [] : [missing];
}

/** Warnings that the store does not have. They degrade health. */
export function liveWarningsOf(
  live: LiveSource | undefined,
): readonly (MissingCommit | LiveWarning)[] {
  return [...missingOf(live), ...(live?.warnings ?? [])];
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
