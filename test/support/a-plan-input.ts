import type { Action, Plan, PlanInput, SeedState } from "../../agent/plan/plan.ts";
import { aDesiredRoom } from "./a-desired-room.ts";
import { A_ROOM, type RoomSpecGiven } from "./a-room-spec.ts";
import { REST_CAPABILITIES, aRoomState, type RoomStateGiven } from "./a-room-state.ts";

export interface PlanInputGiven extends Partial<Omit<PlanInput, "desired" | "observed">> {
  readonly spec?: RoomSpecGiven;
  /** As `aDesiredRoom` takes them. */
  readonly seeds?: Readonly<Record<string, string | SeedState>>;
  readonly room?: RoomStateGiven;
}

/** What a plan is made from: an empty spec, an empty room, a server that can do everything, resources on. */
export function aPlanInput(given: PlanInputGiven = {}): PlanInput {
  const { spec, seeds, room, ...rest } = given;
  return {
    desired: aDesiredRoom(spec, seeds),
    observed: aRoomState(room),
    capabilities: REST_CAPABILITIES,
    notObservable: [],
    dmVisibilityRemoved: false,
    resources: true,
    ...rest,
  };
}

/** A plan with these actions and nothing else. */
export function aPlan(actions: readonly Action[], over: Partial<Plan> = {}): Plan {
  return {
    roomId: A_ROOM,
    actions,
    blocked: [],
    unknownPolicies: [],
    removedPolicies: [],
    ...over,
  };
}

/** Kicks of these ids. */
export function kicks(...ids: readonly string[]): readonly Action[] {
  return ids.map((id) => ({ kind: "kick", item: `entity/${id}`, previous: { id } }));
}

/** Deletes of these artifacts. */
export function deletes(...names: readonly string[]): readonly Action[] {
  return names.map((name) => ({ kind: "delete", item: `artifact/${name}`, previous: { name } }));
}

/** `kind item` of each action, in order. */
export function steps(plan: Plan): readonly string[] {
  return plan.actions.map(({ kind, item }) => `${kind} ${item}`);
}

/** `reason item` of each blocked item, in order. */
export function blockedSteps(plan: Plan): readonly string[] {
  return plan.blocked.map(({ reason, item }) => `${reason} ${item}`);
}
