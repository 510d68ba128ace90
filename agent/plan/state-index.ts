import { canonicalJson, sameJson, type JsonValue } from "../kernel/json.ts";
import { observedAttributes, type Attributes } from "./entity-differences.ts";
import { toItem, type Item } from "./item.ts";
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
  /** Entities and artifacts that the server lists more than once, and not alike. */
  readonly duplicates: ReadonlyMap<Item, Duplicate>;
}

export interface Duplicate {
  readonly times: number;
  /** In which attributes they differ, by the names people know them by. Never empty. */
  readonly attributes: readonly string[];
}

/**
 * A name that the server lists twice is taken once. The copy whose canonical JSON comes first speaks for it, so that the
 * order of the answer decides nothing; where that would, it is in `duplicates`.
 */
export function indexState(state: RoomState): StateIndex {
  const entities = indexBy(state.entities, (entity) => entity.id);
  const artifacts = indexBy(state.artifacts, (artifact) => artifact.name);
  return {
    entities: entities.byName,
    artifacts: artifacts.byName,
    resources: indexBy(state.resources, (resource) => resource.name).byName,
    ...(state.policies === undefined ? {} : { policies: state.policies }),
    duplicates: new Map([
      ...differing("entity", entities.copies, observedAttributes),
      ...differing("artifact", artifacts.copies, artifactAttributes),
    ]),
  };
}

interface Indexed<T> {
  readonly byName: ReadonlyMap<string, T>;
  /** All copies of the names that are listed more than once. */
  readonly copies: ReadonlyMap<string, readonly T[]>;
}

function indexBy<T>(values: readonly T[], nameOf: (value: T) => string): Indexed<T> {
  const byName = new Map<string, T>();
  const copies = new Map<string, T[]>();
  for (const value of values) {
    const name = nameOf(value);
    const other = byName.get(name);
    if (other === undefined) {
      byName.set(name, value);
      continue;
    }
    const known = copies.get(name);
    if (known === undefined) copies.set(name, [other, value]);
    else known.push(value);
    if (canonicalJson(value) < canonicalJson(other)) byName.set(name, value);
  }
  return { byName, copies };
}

function differing<T>(
  kind: "entity" | "artifact",
  copies: ReadonlyMap<string, readonly T[]>,
  attributesOf: (value: T) => Attributes,
): readonly (readonly [Item, Duplicate])[] {
  return [...copies].flatMap(([name, values]) => {
    const attributes = differences(values.map(attributesOf));
    return attributes.length === 0
      ? []
      : [[toItem(kind, name), { times: values.length, attributes }] as const];
  });
}

function differences([first = {}, ...others]: readonly Attributes[]): readonly string[] {
  const names = new Set([first, ...others].flatMap((one) => Object.keys(one)));
  return [...names]
    .filter((name) => others.some((other) => !sameJson(other[name], first[name])))
    .sort();
}

/** What an artifact is compared by, where the server says it. */
function artifactAttributes(artifact: ObservedArtifact): Attributes {
  const { type, workspace, tags, fingerprint: content, isPromoted } = artifact;
  const said = { type, workspace, tags: tags?.join(","), content, isPromoted };
  return Object.fromEntries(
    Object.entries(said).filter(
      (entry): entry is [string, string | boolean] => entry[1] !== undefined,
    ),
  ) satisfies Readonly<Record<string, JsonValue>>;
}
