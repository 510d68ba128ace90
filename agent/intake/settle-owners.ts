import { toIso, type Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { Room } from "../room/room.ts";
import { everyRoom } from "../store/every-room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { PruneRule } from "../room/prune-mark.ts";
import { pendingPrune } from "../room/prune.ts";
import { orphaned } from "./room-intake.ts";
import { judgeOwner, lostProblem, type OwnerRules } from "../room/judge-owner.ts";

export interface SettleOwnersDeps {
  readonly store: Pick<Store, "readRooms">;
  readonly rooms: Pick<RoomWriter, "update">;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "warn">;
}

/** Rooms whose rows and records go into one transaction. */
const ROOMS_AT_ONCE = 50;

/** The most names in a log line. */
const NAMES = 10;

type SettleRules = OwnerRules & { readonly prunes?: PruneRule };

/** The rooms under a configuration. */
export interface SettledOwners {
  readonly rooms: readonly Room[];
  /** Those whose rows the configuration changed. */
  readonly changed: ReadonlySet<string>;
  /** Those of `changed` that got their owner back or lost a leftover of an older configuration. */
  readonly restored: ReadonlySet<string>;
}

/**
 * Judges who owns what under this configuration, at a start and when it is another one, and writes what changed: conditions
 * do not depend on a pass or a commit.
 */
export async function settleOwners(
  rules: SettleRules,
  deps: SettleOwnersDeps,
): Promise<SettledOwners> {
  const judging: Judging = {
    rules,
    nowIso: toIso(deps.clock.nowMs()),
    correlationId: deps.newId(),
  };
  const rooms = new Map<string, Room>();
  const changed = new Set<string>();
  const restored = new Set<string>();
  const settle = async (roomIds: readonly string[]) => {
    for (const row of await writeOwners(roomIds, judging, deps)) {
      rooms.set(row.roomId, row);
      changed.add(row.roomId);
      if (row.owner !== null) restored.add(row.roomId);
    }
  };
  let others: string[] = [];
  for await (const before of everyRoom(deps.store)) {
    rooms.set(before.roomId, before);
    if (judged(before, judging) === before) continue;
    others.push(before.roomId);
    if (others.length < ROOMS_AT_ONCE) continue;
    await settle(others);
    others = [];
  }
  if (others.length > 0) await settle(others);
  warnOfLost([...rooms.values()], deps.log);
  return { rooms: [...rooms.values()], changed, restored };
}

interface Judging {
  readonly rules: SettleRules;
  readonly nowIso: string;
  readonly correlationId: string;
}

/** Judges each room again as it is when it is written: a pass or a snapshot may have changed it since. */
function writeOwners(
  roomIds: readonly string[],
  judging: Judging,
  { rooms, trail }: SettleOwnersDeps,
): Promise<readonly Room[]> {
  const about = { correlationId: judging.correlationId };
  return rooms.update(roomIds, async (found) => {
    const changes: StoreChange[] = [];
    const result: Room[] = [];
    for (const before of found.values()) {
      if (before === null) continue;
      const row = judged(before, judging);
      if (row === before) continue;
      result.push(row);
      changes.push({ kind: "room", row });
      const record = ownerRecord(before, row);
      if (record !== null) changes.push(trail.event(record.action, record.metadata, about));
    }
    return { changes, result };
  });
}

function judged(row: Room, { rules, nowIso }: Judging): Room {
  return withoutPrune(judgeOwner(row, rules, nowIso), rules.prunes, nowIso);
}

/** A prune ends where its source is not configured or does not prune any more: the room is an orphan like others. */
function withoutPrune(row: Room, prunes: PruneRule = () => false, nowIso: string): Room {
  const mark = pendingPrune(row);
  return mark === null || prunes(mark.source) ? row : orphaned(row, nowIso);
}

/** One line for each owner that lost rooms, however many they are. `named`: the lines of `log` name the source already. */
export function warnOfLost(all: readonly Room[], log: Pick<Logger, "warn">, named = false): void {
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
    const about = named ? {} : { source };
    log.warn({ ...about, reason, count: group.length, rooms, detail }, "rooms have no owner");
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
