import type { Item } from "../plan/item.ts";
import { coveredItems } from "../room/confirmations.ts";
import {
  choosePolicy,
  ignoredBy,
  isDrift,
  takenOutOf,
  type DriftRule,
  type SpecWithSeeds,
} from "../room/drift-rule.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import { namesDmVisibility } from "./dm-visibility.ts";
import type { Attempt, Planned, ReconcileDeps } from "./pass.ts";
import { planDigest } from "../plan/plan-digest.ts";
import { isPrune } from "../room/prune.ts";
import { judgeReview, type ReviewVerdict } from "../room/review-law.ts";
import { isLowered, judgeVersion, type VersionVerdict } from "../room/version-law.ts";

/** An attempt as it is planned: with what it does about drift, and what becomes of a policy that its spec does not name any more. */
export async function toAttempt(
  target: Omit<Attempt, "dmVisibilityRemoved" | "drift">,
  deps: Pick<ReconcileDeps, "store" | "options" | "steady">,
): Promise<Attempt> {
  const { row, desired } = target;
  const dmVisibilityRemoved = row.keepsDmVisibility && !namesDmVisibility(desired);
  return { ...target, dmVisibilityRemoved, drift: await driftRule(target, deps) };
}

/** What a pass does about drift from `inputs`. Reads older specs of the room, where it has to know what the newest changed. */
async function driftRule(
  attempt: Pick<Attempt, "row" | "inputs" | "desired" | "cause">,
  { store, options, steady }: Pick<ReconcileDeps, "store" | "options" | "steady">,
): Promise<DriftRule> {
  const { row, inputs, desired, cause } = attempt;
  const rules = row.owner?.kind === "git" ? options.driftOf(row.owner.source) : null;
  const isUnasked = isDrift({ row, inputs }) && cause.trigger !== "apply" && row.owner !== null;
  const chosen = choosePolicy(desired.spec, rules);
  const isLeft = chosen.policy !== "correct" && isUnasked;
  const asked = isLeft ? await askedItems(row, inputs, { store, steady }) : new Set<Item>();
  const common = { ...chosen, isUnasked, asked };
  if (rules === null || rules.ignore.length === 0) return { ...common, ignored: () => false };
  const before = await specsBefore(row, inputs, store);
  if (before === null) return { ...common, ignored: () => false };
  return { ...common, ignored: ignoredBy(rules, [{ ...inputs, spec: desired.spec }, ...before]) };
}

async function askedItems(
  row: Room,
  { digest }: RoomInputs,
  { store, steady }: Pick<ReconcileDeps, "store" | "steady">,
): Promise<ReadonlySet<Item>> {
  const rows = await store.readConfirmations(row.roomId, steady.nowMs());
  const living = rows.filter(({ inputs }) => inputs === null || inputs === digest);
  const covered = coveredItems(living, steady.nowMs());
  return new Set([...(row.verifiedWithout ?? []), ...takenOutOf(row), ...covered]);
}

/**
 * What the room was verified at and what was enforced since; null where nothing of it counts as drift: it was never verified,
 * an older spec is lost, or what was tried since it was verified at these very inputs is not known.
 */
async function specsBefore(
  row: Room,
  inputs: RoomInputs,
  store: Pick<ReconcileDeps["store"], "readSpec">,
): Promise<readonly SpecWithSeeds[] | null> {
  const { verified, enforced } = row;
  if (verified === null) return null;
  if (verified.digest === inputs.digest) return isDrift({ row, inputs }) ? [] : null;
  const before: SpecWithSeeds[] = [];
  for (const { specOid, seeds } of [verified, enforced ?? verified]) {
    const spec = await store.readSpec(specOid);
    if (spec === null) return null;
    before.push({ spec, seeds });
  }
  return before;
}

/** The version law applied to a room's newest inputs. The history is asked only where the answer depends on it. */
export async function versionVerdict(
  inputs: RoomInputs,
  row: Room,
  { store, options }: Pick<ReconcileDeps, "store" | "options">,
): Promise<VersionVerdict> {
  const policy = options.versionPolicy;
  if (!isLowered(inputs, row, policy)) {
    return judgeVersion(inputs, row, { policy, wasVerified: false });
  }
  const { specDigest } = inputs;
  const proof = { specDigest, outcome: "verified", count: 1 } as const;
  const verified = await store.readHistory(row.roomId, proof);
  return judgeVersion(inputs, row, { policy, wasVerified: verified.length > 0 });
}

/** The same of what a pass plans: older inputs and a prune have no version to judge. */
export async function versionOf(
  { row, inputs, isHead }: Pick<Planned, "row" | "inputs" | "isHead">,
  deps: Pick<ReconcileDeps, "store" | "options">,
): Promise<VersionVerdict> {
  return isHead && !isPrune(inputs) ? versionVerdict(inputs, row, deps) : { kind: "ok" };
}

/** A plan that changes nothing has nothing to be reviewed. */
export function reviewOf(
  { row, inputs, plan, isHead }: Pick<Planned, "row" | "inputs" | "plan" | "isHead">,
  { options }: Pick<ReconcileDeps, "options">,
): ReviewVerdict {
  const { owner } = row;
  if (!isHead || owner?.kind !== "git" || plan.actions.length === 0) return { kind: "ok" };
  const digest = () => planDigest(plan, inputs.digest, row.confirmedRequests);
  return judgeReview(row, { inputs, plan: digest }, options.reviewOf?.(owner.source) ?? null);
}

/** Whether the source that owns a room may manage it; a posted spec may manage any. */
export function isRoomAllowed(
  { owner, roomId }: Room,
  { options }: Pick<ReconcileDeps, "options">,
): boolean {
  return owner?.kind !== "git" || options.isRoomAllowed(owner.source, roomId);
}
