import type { Refusal } from "../guardrail/guardrail.ts";
import type { Item } from "../plan/item.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import type { DesiredRoom, Plan } from "../plan/plan.ts";
import { inEpoch } from "../room/plan-epoch.ts";
import { emptyRoom } from "../room/empty-room.ts";
import { isHolding } from "../room/judge-read.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import { closedGate } from "../room/write-gate.ts";
import { isEnding, type Attempt, type PassCause, type ReconcileDeps } from "./pass.ts";
import { planning } from "./phases/planning.ts";
import { preChecks } from "./phases/pre-checks.ts";
import { toAttempt } from "./room-rules.ts";

/** Inputs that a room does not have yet, as a pull request proposes them. */
export interface PreviewRequest {
  readonly roomId: string;
  /** The source and file that would have the room. */
  readonly source: string;
  readonly path: string;
  readonly inputs: RoomInputs;
  readonly desired: DesiredRoom;
  readonly correlationId: string;
}

export type RoomPreview =
  | {
      readonly kind: "planned";
      readonly plan: Plan;
      readonly digest: PlanDigest;
      readonly refusals: readonly Refusal[];
      /** The removals that are refused until a person confirms them, sorted. */
      readonly refused: readonly Item[];
      /** Why nothing may be written to the room now; null: it may. */
      readonly closed: string | null;
    }
  /** The room could not be read, or not in a way that is believed. */
  | { readonly kind: "failed"; readonly message: string };

/**
 * What a pass would do if these were the room's newest inputs and no confirmation were there. Plans and judges as a pass does,
 * with the lowest priority, and writes nothing: no store, no audit, no RoomServer, no cached state. Rejects with the reason of
 * `signal`, and with the store's `StoreUnavailable`.
 */
export async function previewRoom(
  request: PreviewRequest,
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<RoomPreview> {
  const row = await rowFor(request, deps);
  const attempt = await previewAttempt(row, request, { deps, signal });
  const previewing = withoutTraces(deps);
  const planned = await planning(attempt, previewing);
  if (isEnding(planned)) {
    const { outcome } = planned;
    return { kind: "failed", message: "message" in outcome ? outcome.message : outcome.kind };
  }
  // A read that no second one has confirmed shows a plan that no person may confirm.
  if (isHolding(planned.trust.suspicion))
    return { kind: "failed", message: planned.trust.suspicion.message };
  const { refusals } = await preChecks(planned, previewing);
  const { plan } = planned;
  const digest = planDigest(plan, request.inputs.digest, row.confirmedRequests);
  const closed = closedGate(deps.gates, row)?.message ?? null;
  return { kind: "planned", plan, digest, refusals, refused: refusedItems(refusals), closed };
}

/** What a person may confirm of refusals, sorted. */
export function refusedItems(refusals: readonly Refusal[]): readonly Item[] {
  const items = refusals.filter(({ confirmable }) => confirmable).flatMap((one) => one.items);
  return [...new Set(items)].sort();
}

/** The room as it would be once the inputs were ingested. */
async function rowFor(
  { roomId, source, path, inputs }: PreviewRequest,
  { store }: Pick<ReconcileDeps, "store">,
): Promise<Room> {
  const owner = { kind: "git", source, path } as const;
  const known = await store.readRoom(roomId);
  const row = known ?? inEpoch(emptyRoom(roomId, owner), await store.readPlanEpoch());
  return { ...row, owner, head: inputs, headProblem: null, prune: null, lostOwner: null };
}

function previewAttempt(
  row: Room,
  { inputs, desired, correlationId }: PreviewRequest,
  { deps, signal }: { readonly deps: ReconcileDeps; readonly signal: AbortSignal },
): Promise<Attempt> {
  const cause: PassCause = {
    trigger: "interval",
    correlationId,
    actor: "operator",
    confirm: null,
    dryRun: true,
    retry: false,
    posted: null,
    carried: null,
    alsoFor: [],
    unconfirmed: true,
  };
  const target = { inputs, mode: "plan", isHead: true, desired } as const;
  const signals = {
    signal,
    stopping: () => signal.aborted,
    superseded: () => false,
    saving: <T>(save: () => Promise<T>) => save(),
    callsEnded: () => undefined,
  };
  return toAttempt({ row, ...target, cause, signals, lift: null }, deps);
}

/**
 * A state that no pass has judged is not kept for one, and how a plan is undone is not asked. What closes a room for now says
 * nothing of its removals.
 */
function withoutTraces(deps: ReconcileDeps): ReconcileDeps {
  const { cache, options } = deps;
  return {
    ...deps,
    gates: [],
    cache: { get: (roomId) => cache.get(roomId), put: () => undefined, drop: () => undefined },
    options: { ...options, rollback: { ...options.rollback, mode: "off" }, reviewOf: () => null },
  };
}
