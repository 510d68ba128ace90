import { isMarked } from "./not-observable.ts";
import type { Action, Blocked } from "./plan.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Capabilities } from "./room-state.ts";

/** What becomes of one change that is wanted. */
export type Decision =
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "blocked"; readonly blocked: Blocked };

/** The action, unless the dialect has no call for it (`Unsupported`) or it was written and did not show (`NotObservable`). */
export function decide(action: Action, context: PlanContext): Decision {
  if (!isMarked(action, context.marks, context.observed)) {
    return unlessUnsupported(action, context.input.capabilities);
  }
  return block(
    action,
    "NotObservable",
    "the server took this write and its answer did not change; it is written again when the spec or the answer changes",
  );
}

/** The action, unless the dialect has no call for it (`Unsupported`). */
export function unlessUnsupported(action: Action, capabilities: Capabilities): Decision {
  const { can, what } = ability(action, capabilities);
  if (can) return { kind: "act", action };
  return block(
    action,
    "Unsupported",
    `the RoomServer's protocol cannot ${what}; do it on the server or choose another RoomServer.Protocol`,
  );
}

function block({ item }: Action, reason: string, message: string): Decision {
  return { kind: "blocked", blocked: { item, reason, message } };
}

function ability(
  action: Action,
  capabilities: Capabilities,
): { readonly can: boolean; readonly what: string } {
  switch (action.kind) {
    case "join":
      return { can: true, what: "add an entity" };
    case "replace":
      return {
        can: capabilities.updateEntity || capabilities.kickEntity,
        what: "update an entity",
      };
    case "kick":
      return { can: capabilities.kickEntity, what: "remove an entity" };
    case "seed":
      return { can: true, what: "write an artifact" };
    case "promote":
      return { can: capabilities.promoteArtifact, what: "promote an artifact" };
    case "delete":
      return { can: capabilities.deleteArtifact, what: "delete an artifact" };
    case "setPolicy":
      return { can: capabilities.writePolicy, what: "write a policy" };
    case "ensureResource":
      return { can: capabilities.ensureResource, what: "set up a resource" };
  }
}
