import { toIso, type Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { Room } from "../room/room.ts";
import { everyRoom } from "../store/every-room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { PruneRule } from "../room/prune-mark.ts";
import { pendingPrune } from "../room/prune.ts";
import { orphaned } from "./room-intake.ts";
import { judgeOwner, lostProblem, type OwnerRules } from "../room/judge-owner.ts";

export interface SettleOwnersDeps {
  readonly store: Pick<Store, "readRooms" | "write">;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "warn">;
}

/** Rooms whose rows and records go into one transaction. */
const ROOMS_AT_ONCE = 50;

/** The most names in a log line. */
const NAMES = 10;

/**
 * Judges at a start who owns what under this configuration, and writes what changed: conditions do not depend on a pass or a
 * commit. Gives all rooms as they are then, and those that got their owner back or lost a leftover of an older configuration.
 */
export async function settleOwners(
  rules: OwnerRules & { readonly prunes?: PruneRule },
  deps: SettleOwnersDeps,
): Promise<{ readonly rooms: readonly Room[]; readonly restored: ReadonlySet<string> }> {
  const nowIso = toIso(deps.clock.nowMs());
  const about = { correlationId: deps.newId() };
  const restored = new Set<string>();
  const rooms: Room[] = [];
  let changes: StoreChange[] = [];
  for await (const before of everyRoom(deps.store)) {
    const row = withoutPrune(judgeOwner(before, rules, nowIso), rules.prunes, nowIso);
    rooms.push(row);
    if (row === before) continue;
    if (row.owner !== null) restored.add(row.roomId);
    const record = ownerRecord(before, row);
    changes.push({ kind: "room", row });
    if (record !== null) changes.push(deps.trail.event(record.action, record.metadata, about));
    if (changes.length < ROOMS_AT_ONCE * 2) continue;
    await deps.store.write(changes);
    changes = [];
  }
  if (changes.length > 0) await deps.store.write(changes);
  warn(rooms, deps.log);
  return { rooms, restored };
}

/** A prune ends where its source is not configured or does not prune any more: the room is an orphan like others. */
function withoutPrune(row: Room, prunes: PruneRule = () => false, nowIso: string): Room {
  const mark = pendingPrune(row);
  return mark === null || prunes(mark.source) ? row : orphaned(row, nowIso);
}

/** One line for each owner that lost rooms, however many they are. */
function warn(all: readonly Room[], log: Pick<Logger, "warn">): void {
  const lost = all.flatMap((row) =>
    row.lostOwner ? [{ ...row.lostOwner, roomId: row.roomId, row }] : [],
  );
  const groups = Map.groupBy(lost, ({ source, reason }) => `${reason} ${source}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { source, reason } = first;
    const rooms = group.slice(0, NAMES).map(({ roomId }) => roomId);
    // In the words of the first room's condition: those of the others differ by room and file.
    const detail = lostProblem(first.row)?.message;
    log.warn({ source, reason, count: group.length, rooms, detail }, "rooms have no owner");
  }
}

const PRUNE_OFF =
  "Prune of the source is off, or the source is not configured: what the agent put into the room stays";

/** What the audit says of it, if anything. */
function ownerRecord(before: Room, after: Room) {
  const { roomId, lostOwner } = after;
  const problem = lostProblem(after);
  const mark = pendingPrune(before);
  if (mark !== null) {
    const { source, path, commit } = mark;
    const metadata = { room: roomId, source, path, commit, reason: "NoSpec", message: PRUNE_OFF };
    return { action: "room.pruneEnded", metadata };
  }
  if (lostOwner && problem !== null) {
    const { source, path } = lostOwner;
    const metadata = { room: roomId, source, path, ...problem };
    return { action: "room.ownerLost", metadata };
  }
  if (before.lostOwner === null || after.owner?.kind !== "git") return null;
  const { source, path } = after.owner;
  const metadata = { room: roomId, source, path, reason: before.lostOwner.reason };
  return { action: "room.ownerRestored", metadata };
}
