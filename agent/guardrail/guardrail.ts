import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";

/** One small rule that may veto a plan. Pure: the same plan and facts always give the same answer. */
export interface Guardrail {
  readonly name: string;
  judge(plan: Plan, facts: Facts): Refusal | undefined;
}

/** A typed veto. A `refusal` stops the whole plan; a `hold` takes the named items out of it and lets the rest go on. */
export interface Refusal {
  readonly guardrail: string;
  /** CamelCase, the same in condition, audit and `/status`. */
  readonly reason: string;
  readonly effect: "refusal" | "hold";
  /** What is wrong and what would allow it: names the header and the trailer. */
  readonly message: string;
  /** The removals it is about; empty where it is not about removals. */
  readonly items: readonly Item[];
  /** True when a confirmation of `items` would lift it. */
  readonly confirmable: boolean;
}

export interface GuardrailLimits {
  readonly maxEntitiesKickPerCycle: number;
  readonly maxArtifactsDeletePerCycle: number;
  /** A ratio; only strictly more than it is refused. */
  readonly changeThreshold: number;
  /** False lifts threshold and policy guardrails for every way in (never limits), and adoption for `/apply`. */
  readonly requireConfirm: boolean;
  readonly onLimit: "batch" | "refuse";
}

/** Everything the guardrails may know besides the plan. Gathered once, in PRE_CHECKS. */
export interface Facts {
  readonly limits: GuardrailLimits;
  /** Counted in the same read the plan was made from. */
  readonly observedEntities: number;
  readonly observedArtifacts: number;
  /** Removals that a living confirmation row covers. */
  readonly confirmed: ReadonlySet<Item>;
  /** Those of them whose row names the room: nothing else lifts a hold. */
  readonly confirmedByName: ReadonlySet<Item>;
  /** Between which revisions the history was rewritten, while the room has not converged since; null: it was not. */
  readonly rewritten: null | { readonly from: string; readonly to: string };
  /** True when git (or an accepted `/apply`) has verified this room before. */
  readonly verifiedBefore: boolean;
  /** What asked for this pass. */
  readonly trigger: "apply" | "git" | "event" | "interval";
  /** Null: allowed. */
  readonly ownership: null | { readonly reason: string; readonly message: string };
  /** What is odd about the read the plan was made from, in words; null: it is believed. */
  readonly suspicion: string | null;
  /** Whether the source may manage this room (`AllowedRooms`). */
  readonly roomAllowed: boolean;
}
