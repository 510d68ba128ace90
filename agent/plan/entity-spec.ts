import { present } from "../kernel/present.ts";
import type { EntityKind, EntitySpec } from "../spec/room-spec.ts";
import type { ObservedEntity } from "./room-state.ts";

/**
 * What a server said an entity is, as something that can be joined. What it did not say is taken from `unsaid`; without
 * that, and for what it called null, the attribute's default is taken.
 */
export function toEntitySpec(observed: ObservedEntity, unsaid?: EntitySpec): EntitySpec {
  const policy = { ...unsaid?.policy, ...present(observed.policy ?? {}) };
  const said = { ...unsaid, ...present(observed) };
  return {
    id: observed.id,
    kind: (said.kind ?? "agent").toLowerCase() as EntityKind,
    displayName: said.displayName ?? null,
    visibility: (said.visibility ?? "team").toLowerCase(),
    ownerUserId: said.ownerUserId ?? null,
    capabilities: said.capabilities ?? [],
    policy: {
      allow_commands_from: policy.allow_commands_from ?? "any",
      sandbox_mode: policy.sandbox_mode ?? false,
      env_whitelist: policy.env_whitelist ?? [],
      scopes: policy.scopes ?? [],
      rateLimit: policy.rateLimit ?? null,
    },
  };
}

/**
 * The attributes that say what an entity is and may do and that the server leaves out. Without them it cannot be put back
 * as it was: the defaults could allow more than it had.
 */
export function unsaidAttributes(observed: ObservedEntity): readonly string[] {
  const { kind, visibility, capabilities, policy = {} } = observed;
  const { allow_commands_from, sandbox_mode, env_whitelist, scopes } = policy;
  const said = {
    kind,
    visibility,
    capabilities,
    "policy.allow_commands_from": allow_commands_from,
    "policy.sandbox_mode": sandbox_mode,
    "policy.env_whitelist": env_whitelist,
    "policy.scopes": scopes,
  };
  return Object.entries(said)
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
}
