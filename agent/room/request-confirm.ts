import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import { removalsOf } from "../plan/removals.ts";
import { isPrune, newestInputs } from "./prune.ts";
import type { RoomInputs, Room } from "./room.ts";

/** What `X-Confirm` says: nothing, `true`, or the digest of one plan. */
export type AskedConfirm = boolean | PlanDigest;

/** What a request allows, fixed when it arrived. */
export type RequestConfirm =
  /** `true` while a plan was published as refused: that plan's removals. */
  | {
      readonly kind: "shown";
      readonly items: readonly Item[];
      /** Digest of the inputs of the published plan; null where that is not known. */
      readonly inputs: string | null;
      /** The commit that asked for a dry run at that time; null when none did. */
      readonly dryRun: string | null;
    }
  /** `true` while nothing was refused: whatever the plan that is made for this request removes. */
  | {
      readonly kind: "made";
      /** Digest of the inputs that the request carries, else of the room's newest; null where there are none. */
      readonly inputs: string | null;
      readonly dryRun: string | null;
    }
  /** A digest: the removals of exactly that plan. */
  | { readonly kind: "plan"; readonly digest: PlanDigest };

/**
 * What a request confirms, by what the room's status showed when it arrived. `inputs`: digest of the spec that the request
 * carries, null where it carries none; what was shown of another spec is not what it confirms.
 */
export function confirmAtArrival(
  asked: AskedConfirm,
  row: Room | null,
  inputs: string | null,
): RequestConfirm | null {
  if (asked === false) return null;
  if (asked !== true) return { kind: "plan", digest: asked };
  const dryRun = row?.dryRun?.commit ?? null;
  const newest = row === null ? null : newestInputs(row);
  const made = { kind: "made", inputs: inputs ?? newest?.digest ?? null, dryRun } as const;
  if (row === null || row.refusals.length === 0) return made;
  const shown = row.pendingPlan?.inputs ?? null;
  if (inputs !== null && inputs !== shown) return made;
  const refused = row.refusals.flatMap(({ items }) => items);
  const items = [...new Set([...refused, ...(row.pendingPlan?.removals ?? [])])].sort();
  return { kind: "shown", items, inputs: shown, dryRun };
}

/** What a request's confirmation is worth for the plan that was made for it. */
export type ConfirmVerdict =
  | { readonly kind: "covers"; readonly items: readonly Item[] }
  /** The plan is not the one that was confirmed; `beyond`: the removals that were not shown. */
  | { readonly kind: "outdated"; readonly beyond: readonly Item[] };

/** What a plan was made of, as far as confirmations depend on it. */
export interface ConfirmedPlan {
  readonly plan: Plan;
  readonly inputs: Pick<RoomInputs, "digest" | "path" | "specOid">;
  /** Removals that other confirmations cover already. */
  readonly covered: ReadonlySet<Item>;
  /** Requests that were confirmed in the room before; absent: none. */
  readonly confirmed?: number;
}

/**
 * `X-Confirm: true` never confirms a spec that another request posted meanwhile, nor the prune of a room whose file was removed
 * since the request arrived, whatever they remove.
 */
export function judgeConfirm(confirm: RequestConfirm, made: ConfirmedPlan): ConfirmVerdict {
  const { plan, inputs, confirmed } = made;
  const removals = removalsOf(plan);
  if (confirm.kind === "plan") {
    return planDigest(plan, inputs.digest, confirmed) === confirm.digest
      ? { kind: "covers", items: removals }
      : { kind: "outdated", beyond: removals };
  }
  const open = removals.filter((item) => !made.covered.has(item));
  const isOfItsOwn = inputs.path === null || isPrune(inputs);
  const isForeign = isOfItsOwn && confirm.inputs !== inputs.digest;
  const shown = new Set(isForeign ? [] : confirm.kind === "shown" ? confirm.items : removals);
  const beyond = open.filter((item) => !shown.has(item));
  return beyond.length === 0
    ? { kind: "covers", items: removals.filter((item) => shown.has(item)) }
    : { kind: "outdated", beyond };
}
