import type { Place } from "../../queue/place.ts";
import type { RefusedClaim } from "../../intake/refused-claims.ts";
import type { Room } from "../../room/room.ts";
import type { ConfirmationRow } from "../../room/rows.ts";
import type { Live } from "../operator.ts";
import { isOrphan } from "../../room/judge-owner.ts";
import { asPruned, pendingPrune } from "../../room/prune.ts";
import { triedAgainMs } from "../../room/refused-update.ts";
import type { SourceInfo, SourceStanding } from "../source-view.ts";
import type { Reason } from "../../status/reasons.ts";

/** Everything that may keep a room from its head, gathered at one moment. */
export interface ExplainFacts {
  readonly room: Room;
  /** The git source that owns the room; null where a posted spec does, or where the room has no owner. */
  readonly source: SourceStanding | null;
  /** Where the room has no owner: the sources that are configured, because one of them may hold its spec. */
  readonly others: readonly SourceStanding[];
  /** Files that name the room and may not have it. */
  readonly claims: readonly RefusedClaim[];
  /** Confirmations in the room of which something is left. */
  readonly confirmations: readonly ConfirmationRow[];
  /** The room's place in the queue of passes. */
  readonly place: Place;
  readonly agent: Pick<
    Live,
    "startedAt" | "stopping" | "store" | "roomServer" | "observeOnly" | "configuration"
  >;
  /** Wall time, ms since 1970. */
  readonly nowMs: number;
  /** What things expire by, ms since 1970. */
  readonly steadyMs: number;
}

/** One thing that stands between a room and its head. */
export interface Blocker {
  /** CamelCase; one of those that `docs/spec.md` explains. */
  readonly reason: Reason;
  /** ISO time at which it began; null where that is not known. */
  readonly since: string | null;
  readonly message: string;
  /** What would end it; absent where what the reason says in general is enough. */
  readonly unblock?: string;
  /**
   * `yes`: keeps the room from its head. `unknown`: while it lasts, head is not known. `no`: shown next to the others,
   * and does not keep the room from its head by itself.
   */
  readonly blocks: "yes" | "unknown" | "no";
}

/** Finds blockers of one kind. `earlier`: those already found; it does not repeat them. */
export type Cause = (facts: ExplainFacts, earlier: readonly Blocker[]) => readonly Blocker[];

/** Nothing says what the room should be: no owner, and no file that names it. */
export function hasNoHead({ room, claims }: ExplainFacts): boolean {
  return isOrphan(room) && claims.length === 0;
}

/**
 * True once the room was verified at its newest inputs and its last pass found nothing left to do. An orphan has nothing to be
 * at, unless a prune of it waits.
 */
export function isAtNewest(facts: ExplainFacts): boolean {
  const { room } = facts;
  if (hasNoHead(facts)) return pendingPrune(room) === null;
  const isReady = room.conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return isReady && room.head !== null && room.verified?.digest === room.head.digest;
}

/** Wall time, ms since 1970, after which a pass tries a refused update again; null: none waits for that. */
export function triedAgainAt({ room, nowMs, steadyMs }: ExplainFacts): number | null {
  const againMs = triedAgainMs(room, steadyMs);
  return againMs === null ? null : nowMs + againMs - steadyMs;
}

/** Since when the room has this reason; null when that is not known. */
export function sinceOf({ room }: ExplainFacts, reason: Reason): string | null {
  return (
    room.reasonsSince[reason] ??
    room.conditions.find((condition) => condition.reason === reason)?.lastTransitionTime ??
    null
  );
}

export function isFound(reason: Reason, earlier: readonly Blocker[]): boolean {
  return earlier.some((blocker) => blocker.reason === reason);
}

/** The source that has the room, or had it until its file was removed; null where it is not configured, or there is none. */
export function sourceInfo({
  room,
  source,
  others,
}: Pick<ExplainFacts, "room" | "source" | "others">): SourceInfo | null {
  if (source !== null) return source.info;
  const { owner } = asPruned(room);
  if (owner?.kind !== "git") return null;
  return others.find(({ name }) => name === owner.source)?.info ?? null;
}
