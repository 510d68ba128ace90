import type { ExplainFacts } from "../../agent/api/explain/blocker.ts";
import type { SourceStanding } from "../../agent/api/source-view.ts";
import type { Refusal } from "../../agent/guardrail/guardrail.ts";
import type { Condition } from "../../agent/status/condition.ts";
import type { Room } from "../../agent/room/room.ts";
import type { SourceRow } from "../../agent/room/rows.ts";
import { ROW_MS } from "./a-row.ts";
import { aReadySource, aVerifiedRoom, HEAD, theInputs } from "./a-verified-room.ts";
import type { Reason } from "../../agent/status/reasons.ts";

/** When everything that these builders tell of began. */
export const SINCE = "2026-01-01T00:00:00.000Z";
/** Inputs that no room was verified at. */
export const newer = theInputs({ digest: "newer", revision: "main@sha1:newer" });

/** What is left of a room whose file was removed while its source prunes. */
export const A_PRUNE = {
  source: "specs",
  path: "rooms/lab.room.yaml",
  revision: `main@sha1:${HEAD}`,
  commit: HEAD,
  author: null,
  committedAt: null,
  since: SINCE,
};

export const aCondition = (given: Partial<Condition>): Condition => ({
  type: "Ready",
  status: "False",
  reason: "Converged",
  message: "as told",
  lastTransitionTime: SINCE,
  ...given,
});

export const aRefusal = (given: Partial<Refusal>): Refusal => ({
  guardrail: "kick-limit",
  reason: "KickLimitExceeded",
  effect: "refusal",
  message: "6 entities would be removed",
  items: ["entity/E-1"],
  confirmable: true,
  ...given,
});

/** A room that fails at its newest inputs with this reason. */
export const failing = (reason: Reason, given: Partial<Condition> = {}): Partial<Room> => ({
  head: newer,
  conditions: [aCondition({ reason, ...given })],
});

/** A room whose newest plan is refused. */
export const refused = (refusal: Partial<Refusal>): Partial<Room> => ({
  ...failing(refusal.reason ?? "KickLimitExceeded"),
  refusals: [aRefusal(refusal)],
});

export interface ExplainGiven {
  readonly room?: Partial<Room>;
  /** Of the source's row. */
  readonly row?: Partial<SourceRow>;
  readonly source?: Partial<SourceStanding> | null;
  readonly place?: ExplainFacts["place"];
  readonly agent?: Partial<ExplainFacts["agent"]>;
  readonly claims?: ExplainFacts["claims"];
  readonly confirmations?: ExplainFacts["confirmations"];
}

/** One reason, what brings it about, and what is to be told of it. */
export interface ExplainRow extends ExplainGiven {
  readonly reason: Reason;
  readonly atHead?: boolean | null;
  readonly since?: string | null;
  readonly message: RegExp;
  readonly unblock: RegExp;
}

/** A room at head of a source that is well, in an agent that is, with what is given over it. */
export function explainFacts({
  room,
  row,
  source,
  place,
  agent,
  claims = [],
  confirmations = [],
}: ExplainGiven): ExplainFacts {
  const standing: SourceStanding = {
    name: "specs",
    info: { name: "specs", url: "http://git.test/specs.git", ref: "main" },
    row: aReadySource(row),
    live: { name: "specs", lastPoll: SINCE, nextPoll: null, webhook: null, warnings: [] },
    ...source,
  };
  return {
    room: aVerifiedRoom(room),
    source: source === null ? null : standing,
    others: [standing],
    claims,
    confirmations,
    place: place ?? { kind: "absent" },
    agent: {
      startedAt: SINCE,
      stopping: false,
      store: { ok: true, message: "" },
      roomServer: { ok: true, message: "" },
      observeOnly: null,
      configuration: { loadedAt: "2026-01-01T00:00:00.000Z", changes: [], failure: null },
      ...agent,
    },
    nowMs: ROW_MS,
    steadyMs: ROW_MS,
  };
}
