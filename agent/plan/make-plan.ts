import type { RoomSpec } from "../spec/room-spec.ts";
import { blockDependents } from "./block-dependents.ts";
import { blockDuplicates } from "./block-duplicates.ts";
import type { Decision } from "./decide.ts";
import { dependencyLayers } from "./dependencies.ts";
import { actionOrder, blockedOrder } from "./order.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { planArtifacts } from "./plan-artifacts.ts";
import { toPlanContext } from "./plan-context.ts";
import { planEntities } from "./plan-entities.ts";
import { planPolicies, removedPolicies, unknownPolicies } from "./plan-policies.ts";
import { planResources } from "./plan-resources.ts";
import type { StateIndex } from "./state-index.ts";

/**
 * What is to be done so that the room becomes what its spec says. Pure, and independent of the order in which lists and
 * members come. What the spec does not name is removed, whoever put it there (resources and policies excepted).
 */
export function makePlan(input: PlanInput): Plan {
  const { spec } = input.desired;
  const context = toPlanContext(input);
  const wanted = blockDuplicates(
    [
      ...planEntities(context),
      ...planArtifacts(context),
      ...planPolicies(context),
      ...planResources(context),
    ],
    context,
  );
  return {
    roomId: spec.spec.roomId,
    // A room that is as its spec says, as most are, waits for nothing.
    ...(wanted.length === 0 ? NOTHING : inOrder(wanted, { spec, observed: context.observed })),
    unknownPolicies: unknownPolicies(input),
    removedPolicies: removedPolicies(input),
  };
}

type Decided = Pick<Plan, "actions" | "blocked">;

const NOTHING: Decided = { actions: [], blocked: [] };

function inOrder(
  wanted: readonly Decision[],
  room: { readonly spec: RoomSpec; readonly observed: StateIndex },
): Decided {
  const layers = dependencyLayers(room.spec);
  const decisions = blockDependents(wanted, layers, room);
  return {
    actions: decisions
      .flatMap((decision) => (decision.kind === "act" ? [decision.action] : []))
      .sort(actionOrder(layers)),
    blocked: decisions
      .flatMap((decision) => (decision.kind === "blocked" ? [decision.blocked] : []))
      .sort(blockedOrder),
  };
}
