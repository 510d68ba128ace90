import { entityDifferences } from "../../plan/entity-differences.ts";
import { splitItem } from "../../plan/item.ts";
import { hasPolicy } from "../../plan/policy-values.ts";
import { isAsWanted } from "../../plan/plan-resources.ts";
import type { Action } from "../../plan/plan.ts";
import type { RoomState } from "../../plan/room-state.ts";
import { indexState, type StateIndex } from "../../plan/state-index.ts";

/** What a read says of an action whose own answer is not known. `unknown`: the server does not show it, or shows it in two ways. */
export type Settlement = "done" | "notDone" | "unknown";

/**
 * Settles an action by reading, never by sending (L3): it is done where the planner would not plan it again. `observed` must
 * be a fresh read with the fingerprint of a seeded artifact filled in.
 */
export function settleAction(action: Action, observed: RoomState): Settlement {
  return settleIn(action, indexState(observed));
}

/** Settles many actions by one read. */
export function settlerOf(observed: RoomState): (action: Action) => Settlement {
  const index = indexState(observed);
  return (action) => settleIn(action, index);
}

function settleIn(
  action: Action,
  { entities, artifacts, resources, policies, duplicates }: StateIndex,
): Settlement {
  const { name } = splitItem(action.item);
  switch (action.kind) {
    case "join":
    case "replace": {
      if (duplicates.has(action.item)) return "unknown";
      const entity = entities.get(name);
      return done(entity !== undefined && entityDifferences(action.entity, entity).length === 0);
    }
    case "kick":
      return done(!entities.has(name));
    case "delete":
      return done(!artifacts.has(name));
    case "seed": {
      if (duplicates.has(action.item)) return "unknown";
      const artifact = artifacts.get(name);
      if (artifact === undefined) return "notDone";
      return artifact.fingerprint === undefined
        ? "unknown"
        : done(artifact.fingerprint === action.fingerprint);
    }
    case "promote": {
      if (duplicates.has(action.item)) return "unknown";
      const artifact = artifacts.get(name);
      if (artifact === undefined) return "notDone";
      return artifact.isPromoted === undefined ? "unknown" : done(artifact.isPromoted);
    }
    case "setPolicy":
      return policies === undefined
        ? "unknown"
        : done(hasPolicy(policies, action.policy, action.value));
    case "ensureResource": {
      const resource = resources.get(name);
      return done(resource !== undefined && isAsWanted(action.resource, resource));
    }
  }
}

function done(isDone: boolean): Settlement {
  return isDone ? "done" : "notDone";
}
