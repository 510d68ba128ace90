import { sameJson, type JsonValue } from "../kernel/json.ts";
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
  const found = observedAttributes(observed);
  return Object.keys(found).filter((name) => !sameJson(found[name], wanted[name]));
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
  const { kind, displayName, visibility, ownerUserId, capabilities } = entity;
  const said: Record<string, JsonValue> = {};
  if (kind !== undefined) said["kind"] = kind.toLowerCase();
  if (displayName !== undefined) said["displayName"] = displayName;
  if (visibility !== undefined) said["visibility"] = (visibility ?? "team").toLowerCase();
  if (ownerUserId !== undefined) said["ownerUserId"] = ownerUserId;
  if (capabilities !== undefined) said["capabilities"] = toSet(capabilities);
  return Object.assign(said, policyAttributes(entity.policy ?? {}));
}

type ObservedPolicy = NonNullable<ObservedEntity["policy"]>;

function policyAttributes(policy: ObservedPolicy | EntityPolicy): Attributes {
  const { allow_commands_from, sandbox_mode, env_whitelist, scopes, rateLimit } = policy;
  const said: Record<string, JsonValue> = {};
  if (allow_commands_from !== undefined)
    said["policy.allow_commands_from"] = allow_commands_from ?? "any";
  if (sandbox_mode !== undefined) said["policy.sandbox_mode"] = sandbox_mode ?? false;
  if (env_whitelist !== undefined) said["policy.env_whitelist"] = toSet(env_whitelist);
  if (scopes !== undefined) said["policy.scopes"] = toSet(scopes);
  if (rateLimit !== undefined) said["policy.rateLimit.perMinute"] = rateLimit?.perMinute ?? null;
  return said;
}

/** Most lists are sets in order already. */
function toSet(values: readonly string[] | null): readonly string[] {
  if (values === null) return [];
  const isSet = values.every((value, at) => at === 0 || (values[at - 1] ?? "") < value);
  return isSet ? values : [...new Set(values)].sort();
}
