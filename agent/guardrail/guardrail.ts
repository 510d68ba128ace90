import type { Trigger } from "../kernel/trigger.ts";
import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import type { Reason } from "../status/reasons.ts";

/** One small rule that may object to a plan. Pure: the same plan and facts always give the same answer. */
export interface Guardrail {
  readonly name: string;
  judge(plan: Plan, facts: Facts): Objection | undefined;
}

/** Why a plan may not be carried out as it is, whoever says so. Every objection is published. */
export interface Objection {
  readonly guardrail: string;
  /** CamelCase, the same in condition, audit and `/status`. */
  readonly reason: Reason;
  /**
   * `refusal` stops the whole plan until a person acts; `hold` takes the named items out of it and applies the rest;
   * `observe`: nothing may be written to the room now; `wait`: the same plan may be applied after `afterMs`.
   */
  readonly effect: "refusal" | "hold" | "observe" | "wait";
  /** What is wrong, without the items. How to confirm is said once for a room, by `howToConfirm` of `/status`. */
  readonly message: string;
  /** The removals it is about, which no later rule judges where it holds, observes or waits; empty where it is not about removals. */
  readonly items: readonly Item[];
  /** True when a confirmation of `items` would lift it. */
  readonly confirmable: boolean;
  /** Of `wait` alone: how long, in ms. */
  readonly afterMs?: number;
  /** ISO time at which the sync windows allow it; absent: they say nothing, or no such time was found. */
  readonly nextAllowedAt?: string;
}

/** What a guardrail says of the plan itself, as `/status` lists it. */
export interface Refusal extends Objection {
  readonly effect: "refusal" | "hold";
}

export function isRefusal(objection: Objection): objection is Refusal {
  return objection.effect === "refusal" || objection.effect === "hold";
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
  /** Why it is not known what labels say of the commits that brought the spec; null: it is. */
  readonly unknownIntent: string | null;
  /** True when git (or an accepted `/apply`) has verified this room before. */
  readonly verifiedBefore: boolean;
  /** Why what the room holds, but for `ours`, may be that of others although it was verified before; null: it is not in doubt. */
  readonly inDoubt: null | { readonly message: string; readonly ours: ReadonlySet<Item> };
  /** What asked for this pass. */
  readonly trigger: Trigger;
  /** Null: allowed. */
  readonly ownership: null | { readonly reason: Reason; readonly message: string };
  /** What is odd about the read the plan was made from, in words; null: it is believed. */
  readonly suspicion: string | null;
  /** Whether the source may manage this room (`AllowedRooms`). */
  readonly roomAllowed: boolean;
  /** What the version law says against the spec; null: nothing. */
  readonly version: Refusal | null;
  /** Why the plan is not the one that people reviewed, where that is required; null: it is, or need not be. */
  readonly unreviewed: Refusal | null;
  /** Why the plan is not the one that the request confirmed; null: it is, or the request confirmed none. */
  readonly outdated: Refusal | null;
  /** Why nothing may be written to the room now; null: it may. */
  readonly gate: null | Pick<Objection, "guardrail" | "reason" | "message" | "confirmable">;
  /** Why the plan is drift that is only reported; null: it is not. */
  readonly reported: string | null;
  /** Why the sync windows keep a spec that is not accepted yet from the room; null: they do not. */
  readonly window: null | { readonly message: string; readonly nextAllowedAt: string | null };
  /** Who keeps changing the room back, and how long (ms) the agent leaves it alone; null: it does not wait. */
  readonly contested: null | { readonly message: string; readonly waitMs: number };
  /**
   * Which spec file was removed, in words, where the plan takes away all that the agent put into its room, and a file that may be
   * the room's all the same; null: it does not, or there is none.
   */
  readonly prune: null | {
    readonly removal: string;
    readonly heldBy: string | null;
    /** A file of another source that names the room; absent or null: there is none. */
    readonly claimedBy?: string | null;
    /** What the RoomServer answered that it removed, and ms for which a read that still shows it may only lag; absent: nothing. */
    readonly removing?: { readonly items: readonly Item[]; readonly waitMs: number };
  };
}

/** The kicks or deletes of a plan, in order. A `replace` is neither. */
export function removalsOfKind(plan: Plan, kind: "kick" | "delete"): readonly Item[] {
  return plan.actions.filter((action) => action.kind === kind).map((action) => action.item);
}

/** The items no living confirmation covers. */
export function unconfirmed(items: readonly Item[], facts: Facts): readonly Item[] {
  return items.filter((item) => !facts.confirmed.has(item));
}
