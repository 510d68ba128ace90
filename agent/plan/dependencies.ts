import type { RoomSpec } from "../spec/room-spec.ts";
import { toItem, type Item } from "./item.ts";

/** One thing of a spec that waits for others. */
export interface Dependent {
  readonly item: Item;
  /** Named entities, artifacts and (for a resource) resources. */
  readonly needs: readonly Item[];
  /** Names in `dependsOn` that the spec does not have. */
  readonly unknown: readonly string[];
}

/**
 * What depends on what, in layers: all that an item needs is in earlier layers. A name that is both an entity's and an
 * artifact's means both. Items of a circle, which parsing refuses, come last and together.
 */
export function dependencyLayers({ spec }: RoomSpec): readonly (readonly Dependent[])[] {
  const entities = spec.entities.map((entity) => toItem("entity", entity.id));
  const artifacts = spec.artifacts.map((artifact) => toItem("artifact", artifact.name));
  const resources = spec.resources.map((resource) => toItem("resource", resource.name));
  const forArtifacts = new Set([...entities, ...artifacts]);
  const forResources = new Set([...forArtifacts, ...resources]);
  const dependents = [
    ...spec.artifacts.map((artifact) =>
      toDependent(toItem("artifact", artifact.name), artifact.dependsOn, forArtifacts),
    ),
    ...spec.resources.map((resource) =>
      toDependent(toItem("resource", resource.name), resource.dependsOn, forResources),
    ),
  ];
  return toLayers(dependents, new Set(entities));
}

function toDependent(item: Item, names: readonly string[], known: ReadonlySet<Item>): Dependent {
  const found = [...new Set(names)].map((name) => ({
    name,
    items: (["entity", "artifact", "resource"] as const)
      .map((kind) => toItem(kind, name))
      .filter((candidate) => known.has(candidate) && candidate !== item),
  }));
  return {
    item,
    needs: found.flatMap(({ items }) => items),
    unknown: found.filter(({ items }) => items.length === 0).map(({ name }) => name),
  };
}

/** A layer is whatever the one before it made ready: linear in items and needs, however long a chain is. */
function toLayers(
  dependents: readonly Dependent[],
  free: ReadonlySet<Item>,
): readonly (readonly Dependent[])[] {
  const neededBy = Map.groupBy(
    dependents.flatMap((dependent) => dependent.needs.map((need) => ({ need, dependent }))),
    ({ need }) => need,
  );
  const open = new Map(
    dependents.map(({ item, needs }) => [item, needs.filter((need) => !free.has(need)).length]),
  );
  const layers: (readonly Dependent[])[] = [];
  let layer = dependents.filter(({ item }) => open.get(item) === 0);
  while (layer.length > 0) {
    layers.push(layer);
    for (const { item } of layer) open.delete(item);
    layer = layer.flatMap(({ item }) =>
      (neededBy.get(item) ?? []).flatMap(({ dependent }) => {
        const left = (open.get(dependent.item) ?? 0) - 1;
        open.set(dependent.item, left);
        return left === 0 ? [dependent] : [];
      }),
    );
  }
  const circle = dependents.filter(({ item }) => open.has(item));
  return circle.length > 0 ? [...layers, circle] : layers;
}
