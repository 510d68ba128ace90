import { decide, type Decision } from "./decide.ts";
import { entityDifferences } from "./entity-differences.ts";
import { toItem } from "./item.ts";
import type { Action } from "./plan.ts";
import type { PlanContext } from "./plan-context.ts";

/** Joins what is absent, replaces what differs, kicks what the spec does not name, whoever put it there. */
export function planEntities(context: PlanContext): readonly Decision[] {
  const { entities } = context.input.desired.spec.spec;
  const named = new Set(entities.map((entity) => entity.id));
  const wanted = entities.flatMap((entity): readonly Action[] => {
    const item = toItem("entity", entity.id);
    const previous = context.observed.entities.get(entity.id);
    if (previous === undefined) return [{ kind: "join", item, entity }];
    if (entityDifferences(entity, previous).length === 0) return [];
    return [{ kind: "replace", item, entity, previous }];
  });
  const unwanted = [...context.observed.entities.values()]
    .filter(({ id }) => !named.has(id))
    .map((previous): Action => ({ kind: "kick", item: toItem("entity", previous.id), previous }));
  return [...wanted, ...unwanted].map((action) => decide(action, context));
}
