import { canonicalJson } from "../../kernel/json.ts";
import { entityDifferences } from "../../plan/entity-differences.ts";
import { toEntitySpec } from "../../plan/entity-spec.ts";
import { splitItem } from "../../plan/item.ts";
import type { Action } from "../../plan/plan.ts";
import { hasPolicy, POLICY_DEFAULTS } from "../../plan/policy-values.ts";
import type {
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "../../plan/room-state.ts";
import { indexState } from "../../plan/state-index.ts";

/**
 * Whether a read shows the item of an action as it was when the action was planned: then its call changed nothing. False where it
 * is another one, also one that was not wanted, and where the server does not show it.
 */
export function isAsBefore(action: Action, observed: RoomState): boolean {
  const { entities, artifacts, resources, policies } = indexState(observed);
  const { name } = splitItem(action.item);
  switch (action.kind) {
    case "join":
      return !entities.has(name);
    case "replace":
      return isSameEntity(action.previous, entities.get(name));
    case "kick":
      return entities.has(name);
    case "seed":
      return isSameContent(action.previous, artifacts.get(name));
    case "delete":
      return artifacts.has(name);
    case "promote":
      return artifacts.get(name)?.isPromoted === false;
    case "setPolicy": {
      const before = action.previous ?? POLICY_DEFAULTS[action.policy];
      return policies !== undefined && hasPolicy(policies, action.policy, before);
    }
    case "ensureResource":
      return isSameResource(action.previous, resources.get(name));
  }
}

function isSameEntity(before: ObservedEntity, now: ObservedEntity | undefined): boolean {
  return now !== undefined && entityDifferences(toEntitySpec(before), now).length === 0;
}

function isSameContent(
  before: ObservedArtifact | undefined,
  now: ObservedArtifact | undefined,
): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before.fingerprint !== undefined && before.fingerprint === now.fingerprint;
}

function isSameResource(
  before: ObservedResource | undefined,
  now: ObservedResource | undefined,
): boolean {
  if (before === undefined || now === undefined) return before === now;
  const said = ({ type, config }: ObservedResource) =>
    canonicalJson([type ?? null, config ?? null]);
  return said(before) === said(now);
}
