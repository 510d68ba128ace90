import type { JsonValue } from "../kernel/json.ts";
import type { ArtifactSpec } from "../spec/room-spec.ts";
import { artifactDifferences } from "./artifact-differences.ts";
import {
  desiredAttributes,
  entityDifferences,
  observedAttributes,
  type Attributes,
} from "./entity-differences.ts";
import type { Item } from "./item.ts";
import type { Action, ActionKind, Plan } from "./plan.ts";
import type { ObservedArtifact, ObservedResource } from "./room-state.ts";

/** One change of a plan with its values. */
export interface PlanItem {
  readonly action: ActionKind;
  readonly item: Item;
  /** What the server shows now; null: nothing is there, or the server does not say. */
  readonly before: JsonValue;
  /** What the spec wants; null: the item is removed. */
  readonly after: JsonValue;
}

/** The changes of a plan in its order, with values in full. */
export function toPlanItems(plan: Plan): readonly PlanItem[] {
  return plan.actions.map(toPlanItem);
}

/** Of an update only the attributes that change. What the server does not say has no member in `before`. */
export function toPlanItem(action: Action): PlanItem {
  const { kind, item } = action;
  return { action: kind, item, ...valuesOf(action) };
}

function valuesOf(action: Action): Pick<PlanItem, "before" | "after"> {
  switch (action.kind) {
    case "join":
      return { before: null, after: withoutEmpty(desiredAttributes(action.entity)) };
    case "replace": {
      const names = entityDifferences(action.entity, action.previous);
      return {
        before: pick(observedAttributes(action.previous), names),
        after: pick(desiredAttributes(action.entity), names),
      };
    }
    case "kick":
      return { before: withoutEmpty(observedAttributes(action.previous)), after: null };
    case "seed":
      return seedValues(action);
    case "promote":
      return { before: { isPromoted: false }, after: { isPromoted: true } };
    case "delete":
      return { before: observedContent(action.previous), after: null };
    case "setPolicy":
      return { before: action.previous, after: action.value };
    case "ensureResource": {
      const { type, config } = action.resource;
      return { before: resourceSide(action.previous), after: { type, config } };
    }
  }
}

/** Hash, size and type are always shown; workspace and tags where they change. */
function seedValues(action: Action & { kind: "seed" }): Pick<PlanItem, "before" | "after"> {
  const { artifact, fingerprint, size, previous } = action;
  const content = { hash: fingerprint, ...(size === undefined ? {} : { size }) };
  if (previous === undefined) {
    return { before: null, after: { ...content, ...labels(artifact, ["workspace", "tags"]) } };
  }
  const changed = artifactDifferences(artifact, fingerprint, previous);
  const before = observedContent(previous);
  return {
    before: pick(before, ["hash", "size", "type", ...changed]),
    after: { ...content, ...labels(artifact, changed) },
  };
}

function labels({ type, workspace, tags }: ArtifactSpec, names: readonly string[]): Attributes {
  return { type, ...pick({ workspace, tags }, names) };
}

function observedContent({ fingerprint, size, type, workspace, tags }: ObservedArtifact) {
  return present({ hash: fingerprint, size, type, workspace, tags });
}

function resourceSide(previous: ObservedResource | undefined): JsonValue {
  return previous === undefined ? null : present({ type: previous.type, config: previous.config });
}

/** The members that are said. */
function present(members: Readonly<Record<string, JsonValue | undefined>>): Attributes {
  const said: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) said[name] = value;
  }
  return said;
}

/** A joined or kicked entity is shown by what it has: null and empty lists are the defaults. */
function withoutEmpty(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function pick(attributes: Attributes, names: readonly string[]): Attributes {
  const wanted = new Set(names);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted.has(name)));
}
