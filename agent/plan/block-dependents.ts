import type { RoomSpec } from "../spec/room-spec.ts";
import type { Reason } from "../status/reasons.ts";
import type { Decision } from "./decide.ts";
import type { Dependent } from "./dependencies.ts";
import { toItem, type Item } from "./item.ts";
import type { Blocked } from "./plan.ts";
import type { StateIndex } from "./state-index.ts";

/**
 * Turns every addition or update whose `dependsOn` is neither in the room nor added by this plan into `DependencyFailed`,
 * and with it whatever waits for that. What is in the room counts although an update of it is blocked.
 *
 * A resource's `onMissingDependency` names the reason: `wait` is `Pending`; `skip`, `fail` and any other value, which
 * no text distinguishes, are `DependencyFailed`.
 */
export function blockDependents(
  decisions: readonly Decision[],
  layers: readonly (readonly Dependent[])[],
  room: { readonly spec: RoomSpec; readonly observed: StateIndex },
): readonly Decision[] {
  const added = new Set(decisions.flatMap(addedItem));
  const present = new Set([...presentItems(room.observed), ...addedEntities(room.spec, added)]);
  const reasons = reasonsByResource(room.spec);
  const held = new Map<Item, Blocked>();
  for (const layer of layers) {
    for (const dependent of layer.filter(({ item }) => added.has(item))) {
      const missing = missingFor(dependent, present);
      if (missing.length > 0) held.set(dependent.item, toBlocked(dependent.item, missing, reasons));
    }
    for (const { item } of layer) if (added.has(item) && !held.has(item)) present.add(item);
  }
  return [
    ...decisions.filter((decision) => !addedItem(decision).some((item) => held.has(item))),
    ...[...held.values()].map((blocked): Decision => ({ kind: "blocked", blocked })),
  ];
}

/** The item a decision adds, updates or promotes; none for a removal, which waits for nothing. */
function addedItem(decision: Decision): readonly Item[] {
  if (decision.kind === "blocked") return [];
  const { kind, item } = decision.action;
  return kind === "kick" || kind === "delete" ? [] : [item];
}

function presentItems({ entities, artifacts, resources }: StateIndex): readonly Item[] {
  return [
    ...[...entities.keys()].map((name) => toItem("entity", name)),
    ...[...artifacts.keys()].map((name) => toItem("artifact", name)),
    ...[...resources.keys()].map((name) => toItem("resource", name)),
  ];
}

function addedEntities({ spec }: RoomSpec, added: ReadonlySet<Item>): readonly Item[] {
  return spec.entities.map(({ id }) => toItem("entity", id)).filter((item) => added.has(item));
}

function missingFor(dependent: Dependent, present: ReadonlySet<Item>): readonly string[] {
  return [...dependent.needs.filter((need) => !present.has(need)), ...dependent.unknown].sort();
}

function reasonsByResource({ spec }: RoomSpec): ReadonlyMap<Item, Reason> {
  const waiting = spec.resources.filter((resource) => resource.onMissingDependency === "wait");
  return new Map(waiting.map(({ name }) => [toItem("resource", name), "Pending" as const]));
}

function toBlocked(
  item: Item,
  missing: readonly string[],
  reasons: ReadonlyMap<Item, Reason>,
): Blocked {
  return {
    item,
    reason: reasons.get(item) ?? "DependencyFailed",
    message: `depends on ${missing.join(", ")}: not in the room, and nothing puts it there now`,
  };
}
