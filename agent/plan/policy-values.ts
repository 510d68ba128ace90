import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { PolicyName } from "../spec/room-spec.ts";
import type { RoomState } from "./room-state.ts";

/** What a room has where its server carries policies and does not list this one. */
export const POLICY_DEFAULTS: Readonly<Record<PolicyName, JsonValue>> = {
  dmVisibilityDefault: "team",
  allowResourceCreation: false,
  maxArtifactsPerEntity: 100,
};

/** Whether these policies say `value`; one that is not listed has its default. */
export function hasPolicy(
  policies: NonNullable<RoomState["policies"]>,
  policy: PolicyName,
  value: JsonValue,
): boolean {
  return isSame(policies[policy] ?? POLICY_DEFAULTS[policy], value);
}

/** Whether these policies say nothing but what a room has anyway. */
export function areDefault(policies: RoomState["policies"] = {}): boolean {
  const defaults: Readonly<Record<string, JsonValue>> = POLICY_DEFAULTS;
  return Object.entries(policies).every(([name, value]) => {
    const known = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    return value === null || (known !== undefined && isSame(known, value));
  });
}

/** Visibilities have no case, here as on an entity. */
function isSame(one: JsonValue, other: JsonValue): boolean {
  if (typeof one === "string" && typeof other === "string") {
    return one.toLowerCase() === other.toLowerCase();
  }
  return canonicalJson(one) === canonicalJson(other);
}
