import { toIso } from "../../kernel/clock.ts";
import { type Blocker, type ExplainFacts, isAtNewest, triedAgainAt } from "./blocker.ts";

/** A pass that runs or is due decides about what is listed above it. */
export function waitingForPass(facts: ExplainFacts): readonly Blocker[] {
  if (isAtNewest(facts)) return [];
  switch (facts.place.kind) {
    case "running": {
      const message = "a pass over the room is under way";
      return [{ reason: "PassRunning", since: null, message, blocks: "yes" }];
    }
    case "queued": {
      const message = "the next pass over the room is due and waits for its turn";
      return [{ reason: "PassQueued", since: null, message, blocks: "yes" }];
    }
    case "waiting":
    case "absent":
      return [];
  }
}

/** When the room is looked at again by itself: after a failure, and where nothing else is known that it waits for. */
export function laterPass(facts: ExplainFacts, earlier: readonly Blocker[]): readonly Blocker[] {
  const { place, nowMs } = facts;
  const isHeld = earlier.some(({ blocks }) => blocks !== "no");
  if (isAtNewest(facts)) return [];
  if (place.kind === "waiting" && (place.held || !isHeld)) {
    const why = place.held
      ? "after a failure it waits longer each time, and as long as the RoomServer asks, up to 5 minutes; "
      : "";
    const next = `${why}the next pass over the room begins at ${toIso(nowMs + place.dueInMs)}`;
    return [{ reason: "PassDue", since: null, ...tryingAgain(next, facts), blocks: "yes" }];
  }
  if (place.kind !== "absent" || isHeld) return [];
  const message = "no pass has ended yet over what the room should be, and none is planned";
  return [{ reason: "Pending", since: null, message, blocks: "yes" }];
}

/** A pass does not try again at once what the RoomServer refused to update. */
function tryingAgain(next: string, facts: ExplainFacts): Pick<Blocker, "message" | "unblock"> {
  const { nowMs, place } = facts;
  const atMs = triedAgainAt(facts);
  if (atMs === null || place.kind !== "waiting" || nowMs + place.dueInMs >= atMs)
    return { message: next };
  return {
    message: `${next}; what the RoomServer refused to update is tried again by the first pass after ${toIso(atMs)}`,
    unblock: `Correct the spec and push, or repair the RoomServer and request it now with \`POST /apply\` and \`{"roomId":"${facts.room.roomId}"}\`.`,
  };
}
