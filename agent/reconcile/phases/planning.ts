import { makePlan } from "../../plan/make-plan.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Plan, PlanInput } from "../../plan/plan.ts";
import { endingAt, type Ending, type Planned, type ReconcileDeps, type Track } from "../pass.ts";
import { readRoom } from "../read-room.ts";

/**
 * PLANNING: what would have to change? A cached read may show that nothing does; a plan that is to be judged and carried
 * out always comes from a fresh one. An empty plan ends the pass.
 */
export async function planning(track: Track, deps: ReconcileDeps): Promise<Planned | Ending> {
  const cached = track.cause.trigger === "interval" ? deps.cache.get(track.row.roomId) : undefined;
  if (cached !== undefined) {
    const plan = planFor(track, cached, deps);
    if (isIdle(plan)) return converged(plan);
    if (!deps.options.readBeforeApply) return { ...track, observed: cached, plan };
  }
  const read = await readRoom(track, deps);
  if (read.kind === "failed") return endingAt("PLANNING", read.outcome);
  const plan = planFor(track, read.state, deps);
  if (isIdle(plan) && track.mode === "apply") return converged(plan);
  return { ...track, observed: read.state, plan };
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

/** A policy that the spec stopped naming may take no write and still needs its confirmation. */
function isIdle(plan: Plan): boolean {
  return plan.actions.length === 0 && plan.removedPolicies.length === 0;
}

function converged(plan: Plan): Ending {
  return endingAt("PLANNING", { kind: "converged" }, { plan });
}
