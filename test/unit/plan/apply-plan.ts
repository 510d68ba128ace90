import type { Action, Plan } from "../../../agent/plan/plan.ts";
import type { ObservedArtifact, RoomState } from "../../../agent/plan/room-state.ts";
import { splitItem } from "../../../agent/plan/item.ts";

/** The room after a server that carries every attribute has done all of a plan: the model that plans are checked with. */
export function applyPlan(state: RoomState, plan: Plan): RoomState {
  return plan.actions.reduce(applyAction, state);
}

export function applyAction(state: RoomState, action: Action): RoomState {
  const { name } = splitItem(action.item);
  const otherEntities = state.entities.filter(({ id }) => id !== name);
  const otherArtifacts = state.artifacts.filter((artifact) => artifact.name !== name);
  switch (action.kind) {
    case "join":
      // As a server does: who is there already stays as it is.
      if (otherEntities.length < state.entities.length) return state;
      return { ...state, entities: [...otherEntities, action.entity] };
    case "replace":
      return { ...state, entities: [...otherEntities, action.entity] };
    case "kick":
      return { ...state, entities: otherEntities };
    case "seed": {
      const { type, workspace, tags } = action.artifact;
      const { fingerprint } = action;
      const said = { name, type, workspace, tags, fingerprint };
      const seeded: ObservedArtifact = { ...said, isPromoted: false };
      return { ...state, artifacts: [...otherArtifacts, seeded] };
    }
    case "promote":
      return {
        ...state,
        artifacts: state.artifacts.map((artifact) =>
          artifact.name === name ? { ...artifact, isPromoted: true } : artifact,
        ),
      };
    case "delete":
      return { ...state, artifacts: otherArtifacts };
    case "setPolicy":
      return { ...state, policies: { ...state.policies, [action.policy]: action.value } };
    case "ensureResource": {
      const { type, config } = action.resource;
      const others = state.resources.filter((resource) => resource.name !== name);
      return { ...state, resources: [...others, { name, type, config, status: "READY" }] };
    }
  }
}
