import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { ResourceSpec } from "../spec/room-spec.ts";
import { decide, type Decision } from "./decide.ts";
import { toItem } from "./item.ts";
import type { PlanContext } from "./plan-context.ts";
import type { ObservedResource } from "./room-state.ts";

/**
 * Ensures what is absent or differs in type or configuration. Nothing is ever removed: the RoomServer has no call for it.
 * With the feature off every resource is `Pending`, whatever the room holds.
 */
export function planResources(context: PlanContext): readonly Decision[] {
  return context.input.desired.spec.spec.resources.flatMap((resource) => {
    const item = toItem("resource", resource.name);
    if (!context.input.resources) {
      const message = "Operator.Features.Resources is off; switch it on to set resources up";
      return [{ kind: "blocked", blocked: { item, reason: "Pending", message } }];
    }
    const observed = context.observed.resources.get(resource.name);
    if (observed !== undefined && isAsWanted(resource, observed)) return [];
    const previous = observed === undefined ? {} : { previous: observed };
    return [decide({ kind: "ensureResource", item, resource, ...previous }, context)];
  });
}

/** Whether a resource is what the spec says, as far as the server shows. */
export function isAsWanted(resource: ResourceSpec, observed: ObservedResource): boolean {
  return agrees(observed.type, resource.type) && agrees(observed.config, resource.config);
}

/** What the server does not say agrees with everything. */
function agrees(observed: JsonValue | undefined, wanted: JsonValue): boolean {
  return observed === undefined || canonicalJson(observed) === canonicalJson(wanted);
}
