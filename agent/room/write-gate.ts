import type { Condition, ConditionType } from "../status/condition.ts";
import type { Reason } from "../status/reasons.ts";
import type { Room } from "./room.ts";

/** What a kind of gate means wherever a closed one is shown. */
interface Gate {
  /** The rule's name among the guardrails. */
  readonly guardrail: string;
  /** The condition that a room has while it is closed, also where nothing is to do; null: none. */
  readonly condition: ConditionType | null;
  /** True when a confirmed request opens it for its room; else requests that would write are refused. */
  readonly confirmable: boolean;
  /** What a person ends to open it. */
  readonly name: string;
}

/** Every kind of gate, by its reason. A new one is a row here, its reason and condition in `status/`, and what closes it. */
const GATES = {
  ObserveOnly: {
    guardrail: "observe-only",
    condition: null,
    confirmable: true,
    name: "observe-only state",
  },
  Suspended: {
    guardrail: "suspended",
    condition: "Suspended",
    confirmable: false,
    name: "suspension",
  },
} as const satisfies Partial<Record<Reason, Gate>>;

export type GateReason = keyof typeof GATES;

/** Why the agent may not write to a room now, whatever the plan. Plans are still made and published. */
export interface ClosedGate extends Omit<Gate, "name"> {
  readonly reason: GateReason;
  /** What closed it, and what opens it. */
  readonly message: string;
}

/** Asked before anything is sent and between two actions. It answers at once, from memory. */
export interface WriteGate {
  /** Null while it is open for this room. */
  closedFor(room: Pick<Room, "roomId" | "owner">): ClosedGate | null;
}

/** A gate that is closed. `message`: what closed it, and what opens it. */
export function toClosed(reason: GateReason, message: string): ClosedGate {
  const { guardrail, condition, confirmable } = GATES[reason];
  return { guardrail, reason, message, condition, confirmable };
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

export function isGateReason(reason: Reason): reason is GateReason {
  return Object.hasOwn(GATES, reason);
}

/** The condition that says that a gate is closed, with what a person ends to open it; undefined: the room has none. */
export function gateCondition(
  conditions: readonly Condition[],
): (Condition & { readonly toEnd: string }) | undefined {
  const found = conditions.find(isOfGate);
  if (found === undefined || !isGateReason(found.reason)) return undefined;
  return { ...found, toEnd: GATES[found.reason].name };
}

/** Whether a condition says that a gate is closed. */
export function isOfGate({ type, reason }: Pick<Condition, "type" | "reason">): boolean {
  return isGateReason(reason) && GATES[reason].condition === type;
}
