import { sameJson, type JsonValue } from "../kernel/json.ts";
import type { EntitySpec } from "../spec/room-spec.ts";
import type { ObservedEntity } from "./room-state.ts";

/** Attributes in the form they are compared in, by the name people know them by (`policy.scopes`). */
export type Attributes = Readonly<Record<string, JsonValue>>;

type Entity = EntitySpec | ObservedEntity;

/** What is compared, in a fixed order. Undefined: the server does not say. Null is the attribute's default. */
const ATTRIBUTES: readonly (readonly [string, (entity: Entity) => JsonValue | undefined])[] = [
  ["kind", ({ kind }) => kind?.toLowerCase()],
  ["displayName", ({ displayName }) => displayName],
  ["visibility", ({ visibility }) => or(visibility, "team")?.toLowerCase()],
  ["ownerUserId", ({ ownerUserId }) => ownerUserId],
  ["capabilities", ({ capabilities }) => toSet(capabilities)],
  ["policy.allow_commands_from", ({ policy }) => or(policy?.allow_commands_from, "any")],
  ["policy.sandbox_mode", ({ policy }) => or(policy?.sandbox_mode, false)],
  ["policy.env_whitelist", ({ policy }) => toSet(policy?.env_whitelist)],
  ["policy.scopes", ({ policy }) => toSet(policy?.scopes)],
  ["policy.rateLimit.perMinute", ({ policy }) => perMinute(policy?.rateLimit)],
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
  for (const [name, of] of ATTRIBUTES) {
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
  for (const [name, of] of ATTRIBUTES) {
    const value = of(entity);
    if (value !== undefined) said[name] = value;
  }
  return said;
}

function or<T extends JsonValue>(said: T | null | undefined, fallback: T): T | undefined {
  return said === null ? fallback : said;
}

/** Most lists are sets in order already. */
function toSet(values: readonly string[] | null | undefined): readonly string[] | undefined {
  if (values === undefined) return undefined;
  if (values === null) return [];
  const isSet = values.every((value, at) => at === 0 || (values[at - 1] ?? "") < value);
  return isSet ? values : [...new Set(values)].sort();
}

type RateLimit = NonNullable<Entity["policy"]>["rateLimit"];

function perMinute(limit: RateLimit | undefined): number | null | undefined {
  return limit === undefined ? undefined : (limit?.perMinute ?? null);
}
