import type { DriftRule } from "../../agent/room/drift-rule.ts";
import type { Plan, Action } from "../../agent/plan/plan.ts";
import type { ActionReport, ActionResult } from "../../agent/reconcile/sending/perform-action.ts";
import { unread, type Trust } from "../../agent/room/judge-read.ts";
import type { PassCause, Verified } from "../../agent/reconcile/pass.ts";
import { aDesiredRoom } from "./a-desired-room.ts";
import { aPlan } from "./a-plan-input.ts";
import { anEntity } from "./a-room-spec.ts";
import { aRoomState, type RoomStateGiven } from "./a-room-state.ts";
import { aRoomRow, anInput } from "./a-row.ts";
import { SIGNALS } from "./some-signals.ts";

/** A join of this entity. */
export function aJoin(id: string): Action {
  return { kind: "join", item: `entity/${id}`, entity: anEntity(id) };
}

/** A kick of this entity. */
export function aKick(id: string): Action {
  return { kind: "kick", item: `entity/${id}`, previous: { id } };
}

export const DONE = { kind: "done" } satisfies ActionResult;
export const REFUSED = {
  kind: "failed",
  status: 422,
  reason: "Refused",
  message: "no such kind",
} satisfies ActionResult;
export const UNCLEAR = { kind: "unclear", message: "timeout" } satisfies ActionResult;
export const NOT_DONE = {
  kind: "notDone",
  message: "503",
  retryAfterMs: null,
} satisfies ActionResult;

/** A read that is not believed yet. */
export const UNVERIFIED: Trust = {
  isOdd: true,
  suspicion: {
    kind: "empty",
    message: "the room reads empty",
    since: "2026-01-01T00:00:00.000Z",
    digest: "d",
    seenAt: "2026-01-01T00:00:00.000Z",
    acceptedAt: null,
  },
  waitMs: 5,
  gone: [],
  news: [],
};

/** How an action went; its intent is called after its item. */
export function aReport(action: Action, result: ActionResult = DONE): ActionReport {
  return { id: `intent ${action.item}`, action, result, durationMs: 5 };
}

export function aCause(given: Partial<PassCause> = {}): PassCause {
  return {
    trigger: "git",
    correlationId: "pass-1",
    actor: "operator",
    confirm: null,
    dryRun: false,
    retry: false,
    posted: null,
    carried: null,
    alsoFor: [],
    ...given,
  };
}

/** Drift is corrected, and nothing of it is ignored. */
export function aDriftRule(given: Partial<DriftRule> = {}): DriftRule {
  return {
    policy: "correct",
    setBy: "a test",
    isUnasked: true,
    asked: new Set(),
    ignored: () => false,
    ...given,
  };
}

export interface VerifiedGiven extends Partial<
  Pick<Verified, "reports" | "notRepeated" | "stoppedBy" | "closed" | "cut" | "trust">
> {
  /** What is left to do. */
  readonly left?: readonly Action[];
  readonly room?: RoomStateGiven;
}

/** A pass that read the room back: it did what `reports` say, found `room`, and `left` remains. */
export function aVerifiedPass(given: VerifiedGiven = {}): Verified {
  const { left = [], room, reports = [], notRepeated = [], cut = false } = given;
  const { stoppedBy = null, closed = null } = given;
  const plan: Plan = aPlan([...notRepeated, ...reports].map(({ action }) => action));
  return {
    row: aRoomRow(),
    inputs: anInput(),
    mode: "apply",
    isHead: true,
    desired: aDesiredRoom(),
    dmVisibilityRemoved: false,
    drift: aDriftRule(),
    cause: aCause(),
    lift: null,
    signals: SIGNALS,
    observed: aRoomState(),
    trust: given.trust ?? unread({ suspicion: null }),
    plan,
    inverse: [],
    refusals: [],
    confirmations: [],
    warnings: [],
    cut,
    reports,
    notRepeated,
    stoppedBy,
    closed,
    observedAfter: aRoomState(room),
    notObservable: [],
    pending: aPlan(left),
    remaining: aPlan(left),
  };
}
