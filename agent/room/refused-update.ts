import type { Item } from "../plan/item.ts";

/**
 * An entity that the RoomServer refused to have as a spec says, and that has older attributes in the room instead. To try the
 * same again would take it out of the room and back, so it waits: until the inputs change, a person retries, the entity is another
 * one, or an hour has passed, because what refuses may be repaired.
 */
export interface RefusedUpdate {
  readonly item: Item;
  /** The digest of the inputs that name it. */
  readonly inputs: string;
  /** Of what was wanted and what the room shows instead. */
  readonly digest: string;
  /** ISO time of the answer, by the clock that things expire by. */
  readonly triedAt: string;
  /** The RoomServer's answer. */
  readonly status: number | null;
  /** What was said of it; only the first of a room have theirs. */
  readonly message?: string;
}

/** Ms. */
const WAIT_MS = 3_600_000;

/** Whether it is not tried again yet. */
export function isWaiting({ triedAt }: Pick<RefusedUpdate, "triedAt">, nowMs: number): boolean {
  return Math.abs(nowMs - Date.parse(triedAt)) < WAIT_MS;
}

/** A room; an update of other inputs than these is tried at once. */
interface Refusing {
  readonly refusedUpdates?: readonly RefusedUpdate[];
  readonly head: { readonly digest: string } | null;
  readonly enforced: { readonly digest: string } | null;
}

/** When a room's first refused update is tried again by itself, in ms of the time that things expire by; null: none waits. */
export function triedAgainMs(
  { refusedUpdates = [], head, enforced }: Refusing,
  nowMs: number,
): number | null {
  const wanted = [head?.digest, enforced?.digest];
  const waiting = refusedUpdates.filter(
    (one) => wanted.includes(one.inputs) && isWaiting(one, nowMs),
  );
  if (waiting.length === 0) return null;
  return Math.min(...waiting.map(({ triedAt }) => Date.parse(triedAt))) + WAIT_MS;
}

/** So many are remembered of a room; as long as there are so many, no update of another entity is sent to it. */
export const MOST_REFUSED_UPDATES = 1000;

/** Messages list fewer. */
export const MOST_REFUSED_MESSAGES = 10;
