import { createHash } from "node:crypto";
import { listItems } from "../guardrail/how-to-confirm.ts";
import { toIso } from "../kernel/clock.ts";
import { canonicalJson } from "../kernel/json.ts";
import { legible } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { RoomState } from "../plan/room-state.ts";
import {
  lostItems,
  observedItems,
  presentItems,
  suspicionOf,
  type SuspicionKind,
} from "../plan/suspicious-read.ts";
import { missedMs, missingAfter, type Missing } from "./missing.ts";
import { MISSING_MS, missingOf, progressAfterRead, progressOf } from "./prune-progress.ts";
import { isSettledAt, leavingOf, removingAfterRead } from "./removing-by-reads.ts";
import { removingOf } from "./removing.ts";
import type { Room } from "./room.ts";
import { untilSecondRead } from "../guardrail/suspicious-read.ts";
import { doubtAfter } from "./room-in-doubt.ts";
import type { Suspicion } from "./suspicion.ts";
import type { Outcome } from "./outcome.ts";

/** What is believed of a room after a read of it. */
export interface Trust {
  /** Whether the read itself was odd, be it believed or not. */
  readonly isOdd: boolean;
  readonly suspicion: Suspicion | null;
  /** Ms until a second read may decide; null when removals are not held. */
  readonly waitMs: number | null;
  /** What is known to have left the room without us: it leaves the inventory too. */
  readonly gone: readonly Item[];
  /** In a prune, what the read does not show of what is to be pruned; absent: nothing was concluded. */
  readonly missing?: Missing | null;
  /** The same of what the agent removed by an answer, where the read lacks half; absent: nothing was concluded. */
  readonly leaving?: Missing | null;
  /** In a prune: the read does not show half of what the agent put there, or more: what it does not show is not gone by it alone. */
  readonly lacksHalf?: true;
  /** Of what the agent removed by an answer, what is in the room after all; absent: nothing is known to be. */
  readonly stays?: readonly Item[];
  readonly news: readonly TrustNews[];
}

export type TrustNews =
  | { readonly kind: "suspected"; readonly suspicion: Suspicion }
  /** `sameAgain`: a second read agreed. `asKnown`: a second read shows the room as it was known. */
  | {
      readonly kind: "trusted";
      readonly because: "sameAgain" | "asKnown";
      readonly suspicion: Suspicion;
    };

export interface JudgedRead {
  readonly observed: RoomState;
  readonly row: Pick<Room, "roomId" | "suspicion" | "inventory" | Pruning>;
  /** What the RoomServer answered that it removed since the inventory was written, and what an update may have taken out. */
  readonly removed: readonly Item[];
  /** What the room is to hold; what is not there and not in it has left for good. Absent: nothing is concluded. */
  readonly wanted?: ReadonlySet<Item>;
  readonly newConnection: boolean;
  readonly nowMs: number;
  /** `StaleTolerance`. */
  readonly toleranceMs: number;
}

type Pruning = "removing" | "prune" | "pruned" | "pruning";

/** What is believed of a room after a read of it, and what of the inventory has left the room by that. Pure. */
export function judgeRead(read: JudgedRead): Trust {
  const trust = judgeMembers(read);
  const stays = isHolding(trust.suspicion) ? [] : stayingIn(read);
  return stays.length === 0 ? trust : { ...trust, stays };
}

function stayingIn(read: JudgedRead): readonly Item[] {
  if (!isSettledAt(read.row, read)) return [];
  const removing = removingOf(read.row);
  const out = new Set([...read.removed, ...lostItems(read.observed, removing)]);
  return presentItems(removing).filter((item) => !out.has(item));
}

function judgeMembers(read: JudgedRead): Trust {
  const { observed, row, nowMs, toleranceMs, newConnection } = read;
  const removed = new Set(read.removed);
  const removing = leavingOf(row, isSettledAt(row, read)).filter((item) => !removed.has(item));
  const out = new Set([...removed, ...removing]);
  const inventory = row.inventory.filter((item) => !out.has(item));
  const judged = judgeInventory(read, inventory);
  const isBelieved = !isHolding(judged.suspicion);
  const lost = lostItems(observed, removing);
  const progress = progressOf(row);
  if (progress === null) {
    const taken = isBelieved ? lost : [];
    return taken.length === 0 ? judged : { ...judged, gone: [...judged.gone, ...taken] };
  }
  const lacks = lacksHalf(read);
  const leaving = lacks ? missingAfter(row.removing?.missing ?? null, lost, nowMs) : null;
  const isSecond = leaving === null || (newConnection && missedMs(leaving, nowMs) >= toleranceMs);
  const taken = isBelieved && isSecond ? lost : [];
  const known = {
    ...judged,
    ...(lacks ? { lacksHalf: true as const } : {}),
    leaving: taken.length > 0 ? null : leaving,
  };
  const missing = missingAfter(missingOf(progress), lostItems(observed, inventory), nowMs);
  const isLong = missing !== null && missedMs(missing, nowMs) >= Math.max(MISSING_MS, toleranceMs);
  if (!isLong || !isBelieved || !newConnection) return { ...known, gone: taken, missing };
  return { ...known, gone: [...taken, ...missing.items], missing: null };
}

/** A state that does not lag (`StaleTolerance` 0) shows at once what is gone. */
function lacksHalf({ observed, row: { inventory }, toleranceMs }: JudgedRead): boolean {
  const expected = presentItems(inventory).length;
  return toleranceMs > 0 && expected > 0 && lostItems(observed, inventory).length * 2 >= expected;
}

/**
 * Whether a read is believed (L5). A suspicious one is, once it is the second of the same set, on a new connection and at least
 * `StaleTolerance` after the first; another set starts over. A read that shows the room as known ends a suspicion on the same
 * terms: what is there may be there only because it was joined again.
 */
function judgeInventory(read: JudgedRead, inventory: readonly Item[]): Trust {
  const { observed, row, nowMs } = read;
  const kind = suspicionOf(observed, { roomId: row.roomId, inventory });
  const before = row.suspicion;
  if (kind === null) return unsuspicious(read, inventory);
  const digest = setDigest(observed);
  if (before?.digest !== digest) {
    const nowIso = toIso(nowMs);
    const since = before !== null && isHolding(before) ? before.since : nowIso;
    const message = toMessage(kind, observed, inventory);
    const counts = {
      missing: lostItems(observed, inventory).length,
      shown: observedItems(observed).length,
    };
    const suspicion = {
      kind,
      message,
      since,
      ...counts,
      digest,
      seenAt: nowIso,
      acceptedAt: null,
    };
    return trust(read, suspicion, { isOdd: true, news: [{ kind: "suspected", suspicion }] });
  }
  if (!isHolding(before) || !isSecond(read, before)) return trust(read, before, { isOdd: true });
  const accepted = { ...before, acceptedAt: toIso(nowMs) };
  return trust(read, accepted, {
    isOdd: true,
    gone: lostItems(observed, inventory),
    news: [{ kind: "trusted", because: "sameAgain", suspicion: before }],
  });
}

/** True while removals are held. */
export function isHolding(suspicion: Suspicion | null): suspicion is Suspicion {
  return suspicion !== null && suspicion.acceptedAt === null;
}

/** The trust of a pass that has not read the room. */
export function unread({ suspicion }: Pick<Room, "suspicion">): Trust {
  return { isOdd: false, suspicion, waitMs: null, gone: [], news: [] };
}

/** What two reads of one pass say together. */
export function mergeTrust(first: Trust, second: Trust): Trust {
  const stays = [...(first.stays ?? []), ...(second.stays ?? [])];
  return {
    ...second,
    gone: [...first.gone, ...second.gone],
    ...(stays.length === 0 ? {} : { stays }),
    news: [...first.news, ...second.news],
  };
}

/** The room as it is known after a read. */
export function withTrust(row: Room, trust: Trust): Room {
  const { suspicion, gone, stays = [], leaving } = trust;
  const inDoubt = doubtAfter(row, trust);
  const left = new Set(gone);
  const inventory =
    left.size === 0 ? row.inventory : row.inventory.filter((item) => !left.has(item));
  const doubted = inDoubt === (row.inDoubt ?? null) ? {} : { inDoubt };
  const removing = removingAfterRead(row, { left, stays, leaving });
  const progress = { ...removing, ...progressAfterRead(row, trust) };
  return { ...row, suspicion, inventory, ...doubted, ...progress };
}

/** Outcome of a pass on an unverified read: a second read has to confirm it. */
export function waitForSecondRead({ suspicion, waitMs }: Trust): Outcome {
  const what =
    suspicion === null || waitMs === null
      ? "a second read has decided, and what was held until then follows in the next pass"
      : untilSecondRead(suspicion.message, []);
  return { kind: "waiting", reason: "SuspiciousRead", message: what, afterMs: waitMs ?? 0 };
}

function unsuspicious(read: JudgedRead, inventory: readonly Item[]): Trust {
  const before = read.row.suspicion;
  if (before !== null && isHolding(before)) {
    if (!isSecond(read, before)) return trust(read, before);
    const news = [{ kind: "trusted", because: "asKnown", suspicion: before }] as const;
    return trust(read, null, { news, gone: departed(read, inventory) });
  }
  return trust(read, null, { gone: departed(read, inventory) });
}

function departed({ observed, wanted }: JudgedRead, inventory: readonly Item[]): readonly Item[] {
  if (wanted === undefined) return [];
  return lostItems(observed, inventory).filter((item) => !wanted.has(item));
}

/** A wall clock that went back has measured nothing. */
function isSecond({ newConnection, nowMs, toleranceMs }: JudgedRead, first: Suspicion): boolean {
  const elapsedMs = nowMs - Date.parse(first.seenAt);
  return newConnection && elapsedMs >= 0 && elapsedMs >= toleranceMs;
}

function trust(
  { nowMs, toleranceMs }: JudgedRead,
  suspicion: Suspicion | null,
  more: Partial<Trust> = {},
): Trust {
  const known = { isOdd: false, gone: [], news: [], ...more };
  if (suspicion === null || !isHolding(suspicion)) return { suspicion, waitMs: null, ...known };
  const seenMs = Math.min(Date.parse(suspicion.seenAt), nowMs);
  const waitMs = Math.max(0, toleranceMs - (nowMs - seenMs));
  const seenAt = toIso(seenMs);
  const same = seenAt === suspicion.seenAt;
  return { suspicion: same ? suspicion : { ...suspicion, seenAt }, waitMs, ...known };
}

function setDigest(observed: RoomState): string {
  const items = [...new Set(observedItems(observed))].sort();
  return createHash("sha256").update(canonicalJson(items), "utf8").digest("hex");
}

function toMessage(kind: SuspicionKind, observed: RoomState, inventory: readonly Item[]): string {
  const expected = presentItems(inventory).length;
  const lost = lostItems(observed, inventory);
  switch (kind) {
    case "otherRoom":
      return `the RoomServer answered with room ${legible(observed.roomId)}`;
    case "empty":
      return `the RoomServer shows an empty room, and this agent put ${things(expected)} there that it did not remove`;
    case "foreign":
      return `the RoomServer shows ${things(observedItems(observed).length)} and none of the ${expected} that this agent put there and did not remove`;
    case "incomplete":
      return `the RoomServer does not show ${lost.length} of the ${things(expected)} that this agent put there and did not remove: ${listItems(lost)}`;
  }
}

function things(count: number): string {
  return count === 1 ? "1 thing" : `${count} things`;
}
