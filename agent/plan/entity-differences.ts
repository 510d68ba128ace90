import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { EntityPolicy, EntitySpec } from "../spec/room-spec.ts";
import type { ObservedEntity } from "./room-state.ts";

/** Attributes in the form they are compared in, by the name people know them by (`policy.scopes`). */
export type Attributes = Readonly<Record<string, JsonValue>>;

/**
 * The attributes of an entity in which the room differs from the spec, in a fixed order. Only what the observed entity
 * carries is compared: a null there is the attribute's default, lists are sets, and `kind` and `visibility` have no case.
 */
export function entityDifferences(
  desired: EntitySpec,
  observed: ObservedEntity,
): readonly string[] {
  const wanted = desiredAttributes(desired);
  return Object.entries(observedAttributes(observed))
    .filter(([name, value]) => !isSame(value, wanted[name]))
    .map(([name]) => name);
}

/** Most attributes are plain and equal, and every pass compares all of them. */
function isSame(one: JsonValue, other: JsonValue | undefined): boolean {
  return one === other || canonicalJson(one) === canonicalJson(other);
}

/** All attributes a spec decides. */
export function desiredAttributes(entity: EntitySpec): Attributes {
  return {
    kind: entity.kind.toLowerCase(),
    displayName: entity.displayName,
    visibility: entity.visibility.toLowerCase(),
    ownerUserId: entity.ownerUserId,
    capabilities: toSet(entity.capabilities),
    ...policyAttributes(entity.policy),
  };
}

/** The attributes a server carries; what it does not say has no member. */
export function observedAttributes(entity: ObservedEntity): Attributes {
  return {
    ...carried("kind", entity.kind, (kind) => kind.toLowerCase()),
    ...carried("displayName", entity.displayName, (name) => name),
    ...carried("visibility", entity.visibility, (visibility) =>
      (visibility ?? "team").toLowerCase(),
    ),
    ...carried("ownerUserId", entity.ownerUserId, (owner) => owner),
    ...carried("capabilities", entity.capabilities, toSet),
    ...policyAttributes(entity.policy ?? {}),
  };
}

type ObservedPolicy = NonNullable<ObservedEntity["policy"]>;

function policyAttributes(policy: ObservedPolicy | EntityPolicy): Attributes {
  return {
    ...carried("policy.allow_commands_from", policy.allow_commands_from, (from) => from ?? "any"),
    ...carried("policy.sandbox_mode", policy.sandbox_mode, (on) => on ?? false),
    ...carried("policy.env_whitelist", policy.env_whitelist, toSet),
    ...carried("policy.scopes", policy.scopes, toSet),
    ...carried("policy.rateLimit.perMinute", policy.rateLimit, (limit) => limit?.perMinute ?? null),
  };
}

function carried<T>(
  name: string,
  value: T | undefined,
  normalise: (value: T) => JsonValue,
): Attributes {
  return value === undefined ? {} : { [name]: normalise(value) };
}

function toSet(values: readonly string[] | null): readonly string[] {
  return [...new Set(values)].sort();
}
