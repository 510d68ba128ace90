import { livingMarks } from "../../plan/living-marks.ts";
import { makePlan } from "../../plan/make-plan.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Plan, PlanInput } from "../../plan/plan.ts";
import {
  endingAt,
  isEnding,
  type Ending,
  type Planned,
  type ReconcileDeps,
  type Track,
} from "../pass.ts";
import { isRoomAllowed } from "../room-allowed.ts";
import { needsFingerprint, readRoom } from "../read-room.ts";

/**
 * PLANNING: what would have to change? A cached read may show that nothing does; a plan that is to be judged and carried
 * out always comes from a fresh one. An empty plan ends the pass, except the first one over new inputs.
 */
export async function planning(track: Track, deps: ReconcileDeps): Promise<Planned | Ending> {
  const cached = cachedState(track, deps);
  if (cached !== undefined) {
    const planned = plan(track, cached, deps);
    const isEnough = track.mode === "plan" || !deps.options.readBeforeApply;
    if (isEnough || isEnding(planned)) return planned;
  }
  const read = await readRoom(track, deps);
  if (read.kind === "failed") return endingAt("PLANNING", read.outcome);
  return plan(track, read.state, deps);
}

/** The plan of a track against one read; VERIFY asks the same question again. */
export function planFor(track: Track, observed: RoomState, deps: ReconcileDeps): Plan {
  return makePlan(planInput(track, observed, deps));
}

export function planInput(track: Track, observed: RoomState, deps: ReconcileDeps): PlanInput {
  return {
    desired: track.desired,
    observed,
    capabilities: deps.server.capabilities,
    notObservable: track.row.notObservable,
    dmVisibilityRemoved: track.dmVisibilityRemoved,
    resources: deps.options.resources,
  };
}

/** The last read, for an interval pass over inputs that are not new and whose seeds that read could tell about. */
function cachedState(track: Track, deps: ReconcileDeps): RoomState | undefined {
  const { cause, row, inputs, mode, desired } = track;
  const isNew = mode === "apply" && row.enforced?.digest !== inputs.digest;
  if (cause.trigger !== "interval" || isNew) return undefined;
  const cached = deps.cache.get(row.roomId);
  const isComplete = !cached?.artifacts.some((artifact) => needsFingerprint(artifact, desired));
  return isComplete ? cached : undefined;
}

function plan(track: Track, observed: RoomState, deps: ReconcileDeps): Planned | Ending {
  const made = planFor(track, observed, deps);
  if (!endsWithoutWork(track, deps) || !isIdle(made)) return { ...track, observed, plan: made };
  const notObservable = livingMarks(planInput(track, observed, deps));
  return endingAt("PLANNING", { kind: "converged" }, { plan: made, notObservable });
}

/**
 * PRE_CHECKS has the word even if the room happens to match: over new inputs, whose specVersion may be refused for itself,
 * and in a room that its source may not manage.
 */
function endsWithoutWork({ mode, isHead, inputs, row }: Track, deps: ReconcileDeps): boolean {
  const isNew = isHead && row.verified?.digest !== inputs.digest;
  return mode === "apply" && !isNew && isRoomAllowed(row, deps);
}

/** A policy that the spec stopped naming may take no write and still needs its confirmation. */
function isIdle({ actions, removedPolicies }: Plan): boolean {
  return actions.length === 0 && removedPolicies.length === 0;
}
