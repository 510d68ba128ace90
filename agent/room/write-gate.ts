import type { ConditionType } from "../status/condition.ts";
import type { Room } from "./room.ts";

export type GateReason = "ObserveOnly" | "Suspended";

/** Why the agent may not write to a room now, whatever the plan. Plans are still made and published. */
export interface ClosedGate {
  /** The rule's name among the guardrails. */
  readonly guardrail: string;
  readonly reason: GateReason;
  /** What closed it, and what opens it. */
  readonly message: string;
  /** The condition that a room has while it is closed, also where nothing is to do; null: none. */
  readonly condition: ConditionType | null;
  /** True when a confirmed request opens it for its room. */
  readonly confirmable: boolean;
}

/** Asked before anything is sent and between two actions. It answers at once, from memory. */
export interface WriteGate {
  /** Null while it is open for this room. */
  closedFor(room: Pick<Room, "roomId" | "owner">): ClosedGate | null;
}

/** The first gate that is closed; `confirmed`: but for those that the request opens. */
export function closedGate(
  gates: readonly WriteGate[],
  room: Pick<Room, "roomId" | "owner">,
  { confirmed = false }: { readonly confirmed?: boolean } = {},
): ClosedGate | null {
  const closed = gates.map((gate) => gate.closedFor(room));
  return closed.find((one) => one !== null && !(confirmed && one.confirmable)) ?? null;
}
