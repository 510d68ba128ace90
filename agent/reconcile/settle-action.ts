import { entityDifferences } from "../plan/entity-differences.ts";
import type { Action } from "../plan/plan.ts";
import type { RoomState } from "../plan/room-state.ts";

/** What a read says of an action whose own answer is not known. `unknown`: the server does not show it. */
export type Settlement = "done" | "notDone" | "unknown";

/**
 * Settles an action by reading, never by sending (L3). `observed` must be a fresh read with the fingerprint of a seeded
 * artifact filled in.
 */
export function settleAction(action: Action, observed: RoomState): Settlement {
  switch (action.kind) {
    case "join":
    case "replace": {
      const entity = observed.entities.find(({ id }) => id === action.entity.id);
      return entity !== undefined && entityDifferences(action.entity, entity).length === 0
        ? "done"
        : "notDone";
    }
    case "kick":
      return observed.entities.some(({ id }) => id === action.previous.id) ? "notDone" : "done";
    case "delete":
      return observed.artifacts.some(({ name }) => name === action.previous.name)
        ? "notDone"
        : "done";
    case "seed": {
      const artifact = observed.artifacts.find(({ name }) => name === action.artifact.name);
      if (artifact === undefined) return "notDone";
      if (artifact.fingerprint === undefined) return "unknown";
      return artifact.fingerprint === action.fingerprint ? "done" : "notDone";
    }
    case "promote": {
      const artifact = observed.artifacts.find(({ name }) => name === action.artifact.name);
      if (artifact === undefined) return "notDone";
      if (artifact.isPromoted === undefined) return "unknown";
      return artifact.isPromoted ? "done" : "notDone";
    }
    case "setPolicy":
      if (observed.policies === undefined) return "unknown";
      return observed.policies[action.policy] === action.value ? "done" : "notDone";
    case "ensureResource":
      return observed.resources.some(({ name }) => name === action.resource.name)
        ? "done"
        : "notDone";
  }
}
