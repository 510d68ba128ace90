import { POLICY_NAMES } from "../spec/room-spec.ts";

/** Every name that a difference may have (`unseenDifferences`); `presence`: the item is there, or is not. */
export const ATTRIBUTE_NAMES = [
  "presence",
  "kind",
  "displayName",
  "visibility",
  "ownerUserId",
  "capabilities",
  "policy.allow_commands_from",
  "policy.sandbox_mode",
  "policy.env_whitelist",
  "policy.scopes",
  "policy.rateLimit.perMinute",
  "content",
  "type",
  "workspace",
  "tags",
  "isPromoted",
  "config",
  ...POLICY_NAMES,
] as const;
