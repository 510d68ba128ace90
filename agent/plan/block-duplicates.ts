import { listed } from "../kernel/shortened.ts";
import type { Decision } from "./decide.ts";
import { toItem, type Item } from "./item.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Duplicate } from "./state-index.ts";

/**
 * Blocks what the spec wants and the RoomServer lists more than once with different attributes, in place of what was decided
 * about it: which copy a write would reach is not known, and one of them may differ after each write. What the spec does not
 * name is removed all the same, and an artifact that is only protected from deletion is not written anyway.
 */
export function blockDuplicates(
  decisions: readonly Decision[],
  { input, observed: { duplicates } }: PlanContext,
): readonly Decision[] {
  if (duplicates.size === 0) return decisions;
  const { entities, artifacts } = input.desired.spec.spec;
  const wanted = new Set([
    ...entities.map(({ id }) => toItem("entity", id)),
    ...artifacts
      .filter(({ seedFrom }) => seedFrom !== null)
      .map(({ name }) => toItem("artifact", name)),
  ]);
  const held = [...duplicates].filter(([item]) => wanted.has(item));
  const items = new Set(held.map(([item]) => item));
  return [
    ...decisions.filter((decision) => !items.has(itemOf(decision))),
    ...held.map(([item, duplicate]) => toBlocked(item, duplicate)),
  ];
}

function itemOf(decision: Decision): Item {
  return decision.kind === "act" ? decision.action.item : decision.blocked.item;
}

function toBlocked(item: Item, { times, attributes }: Duplicate): Decision {
  const message = `the RoomServer lists it ${times} times, which differ in ${listed(attributes)}; nothing is written to it. Remove those that are not wanted on the RoomServer`;
  return { kind: "blocked", blocked: { item, reason: "DuplicateItem", message } };
}
