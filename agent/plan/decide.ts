import { shortened } from "../kernel/shortened.ts";
import { whyNotAddressable } from "../spec/name.ts";
import { splitItem, toItem } from "./item.ts";
import { isMarked, markKey, markText } from "./not-observable.ts";
import type { Action, ActionKind, Blocked } from "./plan.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Capabilities } from "./room-state.ts";
import type { Reason } from "../status/reasons.ts";

/** What becomes of one change that is wanted. */
export type Decision =
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "blocked"; readonly blocked: Blocked };

const WRITTEN_AGAIN =
  "it is written again when the spec or the RoomServer's answer changes, on POST /apply, after a restart and once an hour";

const WRITTEN_WHEN_ASKED =
  "the drift policy of the room leaves it as it is: it is written again when the spec changes, and on POST /apply";

/** The action, unless the dialect has no call for it (`Unsupported`) or it was written and did not show (`NotObservable`). */
export function decide(action: Action, context: PlanContext): Decision {
  if (!isMarked(action, context.marks, context.observed)) {
    return unlessUnsupported(action, context.input.capabilities);
  }
  const mark = context.marks.get(markKey(action));
  const what = mark === undefined ? action.item : markText(mark);
  return block(
    action,
    "NotObservable",
    `${what}; ${context.input.driftIsLeft === true ? WRITTEN_WHEN_ASKED : WRITTEN_AGAIN}`,
  );
}

/** The action, unless the dialect has no call for it (`Unsupported`) or none for that name (`NotAddressable`). */
export function unlessUnsupported(action: Action, capabilities: Capabilities): Decision {
  const why = ADDRESSED.has(action.kind) ? whyNotAddressable(splitItem(action.item).name) : null;
  if (why !== null) return notAddressable(action, why);
  const { can, what } = ability(action, capabilities);
  if (can) return { kind: "act", action };
  return block(
    action,
    "Unsupported",
    `the RoomServer's protocol cannot ${what}; do it on the server or choose another RoomServer.Protocol`,
  );
}

/** What is changed by its own address. A name read from the RoomServer may be one that no address can hold. */
const ADDRESSED: ReadonlySet<ActionKind> = new Set(["kick", "replace", "delete", "promote"]);

const SHOWN_CHARACTERS = 256;

function notAddressable({ item }: Action, why: string): Decision {
  const { kind, name } = splitItem(item);
  const shown = toItem(kind, shortened(name, SHOWN_CHARACTERS));
  const message = `no address can hold the name of this ${kind} (${why}), so the agent can neither change nor remove it; do it on the RoomServer`;
  return { kind: "blocked", blocked: { item: shown, reason: "NotAddressable", message } };
}

function block({ item }: Action, reason: Reason, message: string): Decision {
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
      return { can: capabilities.kickEntity, what: "update an entity" };
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
