import { toItem, type Item } from "./item.ts";
import type { DesiredRoom } from "./plan.ts";

/** The entities and artifacts that a spec names. */
export function itemsOf({ spec: { spec } }: DesiredRoom): ReadonlySet<Item> {
  return new Set([
    ...spec.entities.map(({ id }) => toItem("entity", id)),
    ...spec.artifacts.map(({ name }) => toItem("artifact", name)),
  ]);
}
