import type { Action } from "../plan/plan.ts";
import { toItem, type Item } from "../plan/item.ts";
import type { RoomState } from "../plan/room-state.ts";
import { isHolding } from "../room/judge-read.ts";
import type { Room } from "../room/room.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { EndedIntent } from "./sending/end-intents.ts";
import { isAbsent } from "./undo/rollback-law.ts";

/**
 * The room after an attempt with the entities that the agent took out to update them and that are not back. It matters where drift
 * is only reported: that they are missing is not the doing of somebody else. `ended` is what became of the attempt's actions.
 */
export function withTakenOut(
  after: Room,
  { ending, drift }: EndedAttempt,
  ended: readonly EndedIntent[],
): Room {
  const { plan, verified, rollback, outcome } = ending;
  if (plan === null) return after;
  if (rollback !== null || outcome.kind === "converged") return takenOutIn(after, []);
  const isBelieved = ending.trust === null || !isHolding(ending.trust.suspicion);
  const seen = verified !== null && isBelieved ? verified.observedAfter : null;
  const isLeft = drift !== undefined && drift.policy !== "correct";
  const fresh = isLeft ? halfUpdated(ended, seen) : [];
  const planned = new Set(plan.actions.map(({ item }) => item));
  const before = (after.takenOut ?? []).filter((item) => planned.has(item));
  const back =
    seen === null ? joinedIn(ended) : new Set(seen.entities.map(({ id }) => toItem("entity", id)));
  return takenOutIn(
    after,
    [...new Set([...before, ...fresh])].filter((item) => !back.has(item)),
  );
}

/** The room after a read has settled what a crash or a lost answer left open. */
export function withOpenTakenOut(
  after: Room,
  ended: readonly EndedIntent[],
  observed: RoomState,
): Room {
  const items = halfUpdated(ended, observed);
  return takenOutIn(after, [...new Set([...(after.takenOut ?? []), ...items])]);
}

/** Updates of which at most the kick was done. `seen`: null where no read that is believed followed. */
function halfUpdated(ended: readonly EndedIntent[], seen: RoomState | null): readonly Item[] {
  const isOpen = ({ action, state, joinedBack, phase }: EndedIntent) =>
    action.kind === "replace" &&
    phase === "APPLY" &&
    state !== "done" &&
    joinedBack !== true &&
    (seen === null || isAbsent(action, seen));
  return ended.filter(isOpen).map(({ action }) => action.item);
}

function joinedIn(ended: readonly EndedIntent[]): ReadonlySet<Item> {
  const isJoin = ({ kind }: Action) => kind === "join" || kind === "replace";
  const done = ended.filter(({ action, state }) => state === "done" && isJoin(action));
  return new Set(done.map(({ action }) => action.item));
}

function takenOutIn(room: Room, takenOut: readonly Item[]): Room {
  return room.takenOut === undefined && takenOut.length === 0 ? room : { ...room, takenOut };
}
