import { createHash } from "node:crypto";
import { canonicalJson } from "../kernel/json.ts";
import type { Plan } from "./plan.ts";
import { toPlanItems } from "./plan-items.ts";

/** `sha256:` and 64 hex digits: the name of a plan, as people send it back to confirm exactly that plan. */
export type PlanDigest = `sha256:${string}`;

const PLAN_DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isPlanDigest(text: string): text is PlanDigest {
  return PLAN_DIGEST.test(text);
}

/**
 * Names what a plan would do: SHA-256 over its room, the digest of the inputs it was made for, its actions in order with what
 * is there before and after each, the policies that are no longer named, and how many requests were confirmed in the room
 * before (`confirmed`), so that a name that was used never comes back. Otherwise equal plans have equal digests in whatever order the spec and
 * the server list things; any other action, value or input gives another one. What is blocked is not part of it.
 */
export function planDigest(plan: Plan, inputsDigest: string, confirmed = 0): PlanDigest {
  const content = {
    format: 1,
    room: plan.roomId,
    inputs: inputsDigest,
    actions: toPlanItems(plan),
    removedPolicies: [...plan.removedPolicies].sort(),
    ...(confirmed === 0 ? {} : { confirmed }),
  };
  return `sha256:${createHash("sha256").update(canonicalJson(content)).digest("hex")}`;
}
