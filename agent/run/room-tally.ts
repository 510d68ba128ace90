import { isOrphan } from "../room/judge-owner.ts";
import { sourcesOfRoom } from "../room/sources-of-room.ts";
import { attentionOf, isAskedFor } from "../status/attention.ts";
import type { Condition } from "../status/condition.ts";
import { isReason } from "../status/reasons.ts";
import { pendingPrune } from "../room/prune.ts";
import { warningsToRead } from "../room/warnings-to-read.ts";
import type { Room } from "../room/room.ts";
import { ROOM_WARNINGS, type RoomWarningLabel } from "../telemetry/labels.ts";
import type { RoomCounts } from "../telemetry/room-metrics.ts";

/** Which sources are configured. */
type Configured = Pick<ReadonlySet<string>, "has">;

type Group = RoomCounts["groups"][number];

/** What is counted of one room. */
interface Standing extends Omit<Group, "rooms"> {
  readonly orphaned: boolean;
  readonly prunePending: boolean;
  readonly awaitingConfirm: boolean;
  readonly contested: boolean;
  readonly partlyManaged: boolean;
  readonly needsPerson: boolean;
  readonly warned: readonly RoomWarningLabel[];
  /** Wall time since when the room is not ready, and not because that was asked for; null when it is, and for orphans. */
  readonly notReadySinceMs: number | null;
  /** It is not ready, because that was asked for. */
  readonly isAskedFor: boolean;
}

const MARKS = [
  "orphaned",
  "prunePending",
  "awaitingConfirm",
  "contested",
  "partlyManaged",
  "needsPerson",
] as const;

/** How many rooms are in which standing, kept up to date room by room: counting costs nothing per room when it is asked for. */
export class RoomTally {
  readonly #sources: Configured;
  readonly #clock: { nowMs(): number };
  readonly #rooms = new Map<string, Standing>();
  readonly #groups = new Map<string, Omit<Group, "rooms"> & { rooms: number }>();
  readonly #notReady = new Map<string, number>();
  readonly #marked = {
    orphaned: 0,
    prunePending: 0,
    awaitingConfirm: 0,
    contested: 0,
    partlyManaged: 0,
    needsPerson: 0,
  };

  readonly #warned: Record<RoomWarningLabel, number> = {
    Overridden: 0,
    PlanChanged: 0,
    SpecVersionReused: 0,
    SpecVersionReverted: 0,
    SpecWarning: 0,
  };

  /** `sources`: those that are configured now. */
  constructor(sources: Configured, clock: { nowMs(): number }) {
    this.#sources = sources;
    this.#clock = clock;
  }

  /** Takes note of a room as it is now. */
  note(row: Room): void {
    const before = this.#rooms.get(row.roomId);
    this.forget(row.roomId);
    const standing = standingOf(row, {
      sources: this.#sources,
      before,
      nowMs: this.#clock.nowMs(),
    });
    this.#rooms.set(row.roomId, standing);
    this.#count(standing, 1);
    if (standing.notReadySinceMs !== null) this.#notReady.set(row.roomId, standing.notReadySinceMs);
  }

  /** The room is not known any more. */
  forget(roomId: string): void {
    const before = this.#rooms.get(roomId);
    if (before === undefined) return;
    this.#count(before, -1);
    this.#rooms.delete(roomId);
    this.#notReady.delete(roomId);
  }

  /** Looks through the rooms that are not ready, and no others. */
  counts(): RoomCounts {
    const nowMs = this.#clock.nowMs();
    let oldestNotReadyMs = 0;
    for (const sinceMs of this.#notReady.values())
      oldestNotReadyMs = Math.max(oldestNotReadyMs, nowMs - sinceMs);
    const warned = { ...this.#warned };
    return { ...this.#marked, warned, groups: [...this.#groups.values()], oldestNotReadyMs };
  }

  #count(standing: Standing, change: 1 | -1): void {
    for (const mark of MARKS) if (standing[mark]) this.#marked[mark] += change;
    for (const reason of standing.warned) this.#warned[reason] += change;
    if (standing.orphaned) return;
    const { source, ready, reason } = standing;
    const key = `${source} ${ready} ${reason}`;
    const group = this.#groups.get(key) ?? { source, ready, reason, rooms: 0 };
    group.rooms += change;
    if (group.rooms === 0) this.#groups.delete(key);
    else this.#groups.set(key, group);
  }
}

function standingOf(
  row: Room,
  given: {
    readonly sources: Configured;
    /** What was counted of it last; undefined: it was not known. */
    readonly before: Standing | undefined;
    readonly nowMs: number;
  },
): Standing {
  const { sources } = given;
  const ready = row.conditions.find(({ type }) => type === "Ready");
  const has = (wanted: string) =>
    row.conditions.some(({ type, status }) => type === wanted && status === "True");
  const orphaned = isOrphan(row);
  const warnings = warningsToRead(row);
  const isAsked = ready?.status === "False" && isAskedFor(ready.reason);
  const isNotReady = ready?.status !== "True" && !orphaned && !isAsked;
  return {
    source: sourceLabel(row, sources),
    ready: ready?.status ?? "Unknown",
    reason: reasonLabel(ready?.reason ?? "NotYetReconciled"),
    orphaned,
    prunePending: orphaned && pendingPrune(row) !== null,
    awaitingConfirm: has("AwaitingConfirm"),
    contested: has("Contested"),
    partlyManaged: has("PartlyManaged"),
    needsPerson: attentionOf(row) !== null,
    warned: ROOM_WARNINGS.filter((reason) => warnings.some((one) => one.reason === reason)),
    notReadySinceMs: isNotReady ? notReadySince(ready, given) : null,
    isAskedFor: isAsked,
  };
}

/** The condition's time is that of its status: of the time before, what was asked for does not count. */
function notReadySince(
  ready: Condition | undefined,
  { before, nowMs }: { readonly before: Standing | undefined; readonly nowMs: number },
): number {
  if (before?.isAskedFor === true) return nowMs;
  const sinceMs = ready === undefined ? nowMs : Date.parse(ready.lastTransitionTime);
  return before?.notReadySinceMs ?? sinceMs;
}

/** A source that is not configured any more owns nothing. A room that holds back several counts once, for the first. */
function sourceLabel(row: Room, sources: Configured): string {
  if (row.owner?.kind === "api") return "api";
  return sourcesOfRoom(row).find((source) => sources.has(source)) ?? "none";
}

/** The store may hold a word of another version: a label has only words that are known. */
function reasonLabel(reason: string): string {
  return isReason(reason) ? reason : "other";
}
