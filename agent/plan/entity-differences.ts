import { sameJson, type JsonValue } from "../kernel/json.ts";
import type { EntitySpec } from "../spec/room-spec.ts";
import type { ObservedEntity } from "./room-state.ts";

/** Attributes in the form they are compared in, by the name people know them by (`policy.scopes`). */
export type Attributes = Readonly<Record<string, JsonValue>>;

type Entity = EntitySpec | ObservedEntity;

type List = readonly string[] | null | undefined;

/** Undefined: the server does not say. Null is the attribute's default. */
interface Attribute {
  readonly name: string;
  readonly of: (entity: Entity) => JsonValue | undefined;
  /** As it was written. Absent: the attribute is not a list. */
  readonly list?: (entity: Entity) => List;
}

/** What is compared, in a fixed order. */
const ATTRIBUTES: readonly Attribute[] = [
  { name: "kind", of: ({ kind }) => kind?.toLowerCase() },
  { name: "displayName", of: ({ displayName }) => displayName },
  { name: "visibility", of: ({ visibility }) => or(visibility, "team")?.toLowerCase() },
  { name: "ownerUserId", of: ({ ownerUserId }) => ownerUserId },
  listed("capabilities", ({ capabilities }) => capabilities),
  {
    name: "policy.allow_commands_from",
    of: ({ policy }) => or(policy?.allow_commands_from, "any"),
  },
  { name: "policy.sandbox_mode", of: ({ policy }) => or(policy?.sandbox_mode, false) },
  listed("policy.env_whitelist", ({ policy }) => policy?.env_whitelist),
  listed("policy.scopes", ({ policy }) => policy?.scopes),
  { name: "policy.rateLimit.perMinute", of: ({ policy }) => perMinute(policy?.rateLimit) },
];

/**
 * The attributes of an entity in which the room differs from the spec, in a fixed order. Only what the observed entity
 * carries is compared: a null there is the attribute's default, lists are sets, and `kind` and `visibility` have no case.
 */
export function entityDifferences(
  desired: EntitySpec,
  observed: ObservedEntity,
): readonly string[] {
  const names: string[] = [];
  for (const { name, of, list } of ATTRIBUTES) {
    // A room that is as wanted shows its lists as they were written: no set is made of those.
    if (list !== undefined && sameItems(list(observed), list(desired))) continue;
    const found = of(observed);
    if (found !== undefined && !sameJson(found, of(desired))) names.push(name);
  }
  return names;
}

/** All attributes a spec decides. */
export function desiredAttributes(entity: EntitySpec): Attributes {
  return attributesOf(entity);
}

/** The attributes a server carries; what it does not say has no member. */
export function observedAttributes(entity: ObservedEntity): Attributes {
  return attributesOf(entity);
}

function attributesOf(entity: Entity): Attributes {
  const said: Record<string, JsonValue> = {};
  for (const { name, of } of ATTRIBUTES) {
    const value = of(entity);
    if (value !== undefined) said[name] = value;
  }
  return said;
}

function or<T extends JsonValue>(said: T | null | undefined, fallback: T): T | undefined {
  return said === null ? fallback : said;
}

function listed(name: string, list: (entity: Entity) => List): Attribute {
  return { name, list, of: (entity) => toSet(list(entity)) };
}

function sameItems(one: List, other: List): boolean {
  if (one == null || other == null) return false;
  return one.length === other.length && one.every((item, at) => item === other[at]);
}

/** Most lists are sets in order already. */
function toSet(values: List): readonly string[] | undefined {
  if (values === undefined) return undefined;
  if (values === null) return [];
  const isSet = values.every((value, at) => at === 0 || (values[at - 1] ?? "") < value);
  return isSet ? values : [...new Set(values)].sort();
}

type RateLimit = NonNullable<Entity["policy"]>["rateLimit"];

function perMinute(limit: RateLimit | undefined): number | null | undefined {
  return limit === undefined ? undefined : (limit?.perMinute ?? null);
}
