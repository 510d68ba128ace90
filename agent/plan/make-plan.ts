import { blockDependents } from "./block-dependents.ts";
import { dependencyLayers } from "./dependencies.ts";
import { actionOrder, blockedOrder } from "./order.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { planArtifacts } from "./plan-artifacts.ts";
import { toPlanContext } from "./plan-context.ts";
import { planEntities } from "./plan-entities.ts";
import { planPolicies, removedPolicies, unknownPolicies } from "./plan-policies.ts";
import { planResources } from "./plan-resources.ts";

/**
 * What is to be done so that the room becomes what its spec says. Pure, and independent of the order in which lists and
 * members come. What the spec does not name is removed, whoever put it there (resources and policies excepted).
 */
export function makePlan(input: PlanInput): Plan {
  const { spec } = input.desired;
  const context = toPlanContext(input);
  const layers = dependencyLayers(spec);
  const wanted = [
    ...planEntities(context),
    ...planArtifacts(context),
    ...planPolicies(context),
    ...planResources(context),
  ];
  const decisions = blockDependents(wanted, layers, { spec, observed: context.observed });
  return {
    roomId: spec.spec.roomId,
    actions: decisions
      .flatMap((decision) => (decision.kind === "act" ? [decision.action] : []))
      .sort(actionOrder(layers)),
    blocked: decisions
      .flatMap((decision) => (decision.kind === "blocked" ? [decision.blocked] : []))
      .sort(blockedOrder),
    unknownPolicies: unknownPolicies(input),
    removedPolicies: removedPolicies(input),
  };
}
