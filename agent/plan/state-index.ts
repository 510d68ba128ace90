import { canonicalJson } from "../kernel/json.ts";
import type {
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "./room-state.ts";

/** An observed state by name. */
export interface StateIndex {
  readonly entities: ReadonlyMap<string, ObservedEntity>;
  readonly artifacts: ReadonlyMap<string, ObservedArtifact>;
  readonly resources: ReadonlyMap<string, ObservedResource>;
  /** Absent when the server does not carry policies. */
  readonly policies?: NonNullable<RoomState["policies"]>;
}

/**
 * A name that the server lists twice is taken once. The copy whose canonical JSON comes first speaks for it, so that the
 * order of the answer decides nothing.
 */
export function indexState(state: RoomState): StateIndex {
  return {
    entities: indexBy(state.entities, (entity) => entity.id),
    artifacts: indexBy(state.artifacts, (artifact) => artifact.name),
    resources: indexBy(state.resources, (resource) => resource.name),
    ...(state.policies === undefined ? {} : { policies: state.policies }),
  };
}

function indexBy<T>(values: readonly T[], nameOf: (value: T) => string): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const value of values) {
    const name = nameOf(value);
    const other = index.get(name);
    if (other === undefined || canonicalJson(value) < canonicalJson(other)) index.set(name, value);
  }
  return index;
}
