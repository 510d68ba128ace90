import type { GuardrailLimits, Refusal } from "../guardrail/guardrail.ts";
import type { DriftRules } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { Trigger } from "../kernel/trigger.ts";
import type { DriftRule } from "../room/drift-rule.ts";
import type { RequestConfirm } from "../room/request-confirm.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { Undo } from "../plan/inverse.ts";
import type { DesiredRoom, NotObservableMark, Plan } from "../plan/plan.ts";
import type { RoomState } from "../plan/room-state.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { RoomInputs, Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { FirstSettling } from "./sending/first-settling.ts";
import type { ActionReport, StoppedBy } from "./sending/perform-action.ts";
import type { CorrectionCounts } from "./correction-counts.ts";
import type { FingerprintCache } from "./desired-room.ts";
import type { Trust } from "../room/judge-read.ts";
import type { ObserveOnly } from "./observe-only.ts";
import type { ClosedGate, WriteGate } from "../room/write-gate.ts";
import type { ReviewRule } from "../room/review-law.ts";
import type { SyncWindows } from "../room/sync-windows.ts";
import type { Outcome, Phase } from "../room/outcome.ts";
import type { PruneMark, PruneRule } from "../room/prune-mark.ts";
import type { PassObserver } from "../room/pass-points.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import type { StateCache } from "./state-cache.ts";
import type { VersionPolicy } from "../room/version-law.ts";

/** What asked for a pass, and how far it may go. */
export interface PassCause {
  readonly trigger: Trigger;
  readonly correlationId: string;
  /** Who the audit names: `operator`, or the caller of the API. */
  readonly actor: string;
  /** What the request confirms; null: nothing. */
  readonly confirm: RequestConfirm | null;
  /** `X-Dry-Run: true`: plan and pre-check, change nothing. */
  readonly dryRun: boolean;
  /** A person asks for what is quarantined to be tried again. */
  readonly retry: boolean;
  /** Inputs to plan instead of the stored ones (a posted spec in a dry run). */
  readonly posted: RoomInputs | null;
  /** The inputs that the request made the room's newest: it asks about no others. Null where it brought none. */
  readonly carried: RoomInputs | null;
  /** Correlation ids of equal requests that this pass answers as well. */
  readonly alsoFor: readonly string[];
  /** True: judged as if there were no confirmation. Absent: what was confirmed counts. */
  readonly unconfirmed?: true;
}

/** What a confirmed request lifts besides the removals of its plan. */
export interface RequestLift {
  readonly retries: boolean;
  readonly endsDryRun: boolean;
  readonly lowersVersion: boolean;
  /** A plan that was not reviewed. */
  readonly acceptsPlan: boolean;
}

export interface ReconcileOptions {
  readonly limits: GuardrailLimits;
  readonly resources: boolean;
  readonly versionPolicy: VersionPolicy;
  /** When a pass is undone: more than `failureRatio` of its answered actions were refused for good. */
  readonly rollback: { readonly mode: "on-critical" | "off"; readonly failureRatio: number };
  readonly confirmationExpiresMs: number;
  readonly convergence: { readonly enabled: boolean; readonly maxCycles: number };
  /** False: an interval pass may act on a cached read without reading again. */
  readonly readBeforeApply: boolean;
  /** `StaleTolerance`: a read that is not believed is repeated not before so long. */
  readonly staleToleranceMs: number;
  /** Whether a source may manage a room (`AllowedRooms`). */
  readonly isRoomAllowed: (source: string, roomId: string) => boolean;
  /** What a source says of drift; null: it is not configured. */
  readonly driftOf: (source: string) => DriftRules | null;
  readonly windows: Pick<SyncWindows, "closedFor">;
  /** What a source says of plans; absent: no source shows any. */
  readonly reviewOf?: (source: string) => ReviewRule;
  /** Whether a source prunes. */
  readonly prunes: PruneRule;
}

/** What the phases work with; the same for every pass. */
export interface ReconcileDeps {
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly trail: AuditTrail;
  readonly server: RoomServer;
  readonly clock: Clock;
  /** What confirmations expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly newId: IdSource;
  /** Names this run of the agent, so that a restart is noticed. */
  readonly run: string;
  readonly cache: Pick<StateCache, "get" | "put" | "drop">;
  readonly corrections: CorrectionCounts;
  readonly fingerprints: FingerprintCache;
  readonly firstSettling: FirstSettling;
  /** The first that is closed for a room keeps the agent from writing to it. */
  readonly gates: readonly WriteGate[];
  readonly observeOnly: Pick<ObserveOnly, "closedFor" | "release">;
  readonly options: ReconcileOptions;
  /** A file of another source that names the room of a prune, as text; null: there is none. Absent: no source has files. */
  readonly claimOf?: (roomId: string, mark: Pick<PruneMark, "source">) => string | null;
  /** A spec file that is not valid and names a room, or is where its removed file was; null: there is none. Absent: no source has files. */
  readonly fileOf?: (roomId: string, mark: Pick<PruneMark, "source" | "path">) => string | null;
  /** Why it is not known what labels say of a room's inputs; null: it is. Absent: no forge is asked. */
  readonly whyIntentUnknown?: (row: Room, inputs: RoomInputs) => string | null;
  readonly onPassPoint?: PassObserver;
}

/** When a running pass has to end. */
export interface PassSignals {
  /** Aborts the call that is under way: the last resort at shutdown. */
  readonly signal: AbortSignal;
  /** Asked between actions: shutdown has begun. */
  readonly stopping: () => boolean;
  /** Asked between actions: a newer revision waits for this room. */
  readonly superseded: () => boolean;
  /** Around what is saved before the next call: other rooms may be worked on meanwhile. Gives and throws what `save` does. */
  readonly saving: <T>(save: () => Promise<T>) => Promise<T>;
  /** Called when the last answer of the RoomServer has come: what is left is to write down how the pass ended. */
  readonly callsEnded: () => void;
}

/** One room taken towards one set of inputs. Phases never change it; each gives back more than it got. */
export interface Attempt {
  readonly row: Room;
  readonly inputs: RoomInputs;
  readonly mode: "apply" | "plan";
  /** True for the room's newest inputs, false for what is enforced while those may not be. */
  readonly isHead: boolean;
  readonly desired: DesiredRoom;
  /** The spec before: named `dmVisibilityDefault` while this one does not. */
  readonly dmVisibilityRemoved: boolean;
  readonly drift: DriftRule;
  readonly cause: PassCause;
  readonly signals: PassSignals;
  /** What the confirmed request lifts, and the room as it is until then; null where it lifts nothing. */
  readonly lift: { readonly before: Room; readonly lift: RequestLift } | null;
}

export interface Planned extends Attempt {
  readonly observed: RoomState;
  /** Whether that read is believed; `row` has it already. */
  readonly trust: Trust;
  readonly plan: Plan;
  /** How each action of the plan would be undone; empty where a rollback is out of the question. */
  readonly inverse: readonly Undo[];
}

export interface Judged extends Planned {
  /** All of them; those with effect `hold` have taken their items out of `plan`. */
  readonly refusals: readonly Refusal[];
  readonly confirmations: readonly ConfirmationRow[];
  readonly warnings: Room["warnings"];
  /** True when removals were left for the next pass under the same confirmation. */
  readonly cut: boolean;
}

export interface Applied extends Judged {
  readonly reports: readonly ActionReport[];
  /** What was not sent, because an earlier pass got a terminal answer and to try again disturbs the room: with that answer. */
  readonly notRepeated: readonly ActionReport[];
  readonly stoppedBy: StoppedBy | null;
  /** The gate that closed while it ran; null: none did. */
  readonly closed: ClosedGate | null;
}

export interface Verified extends Applied {
  readonly observedAfter: RoomState;
  /** The marks that hold from now on: old ones that are still true, and new ones. */
  readonly notObservable: readonly NotObservableMark[];
  /** What still differs, blocked items aside. */
  readonly pending: Plan;
  /** That without what is held. */
  readonly remaining: Plan;
}

/** How an attempt ended, with everything that was learned on the way. */
export interface Ending {
  readonly kind: "ending";
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly plan: Plan | null;
  readonly refusals: readonly Refusal[];
  readonly warnings: Room["warnings"];
  readonly reports: readonly ActionReport[];
  readonly confirmations: readonly ConfirmationRow[];
  /** Present when VERIFY read the room. */
  readonly verified: Verified | null;
  /** The marks that hold from now on; null: nothing was learned of them. */
  readonly notObservable: readonly NotObservableMark[] | null;
  /** What the reads of the pass say of each other; null when there was none. */
  readonly trust: Trust | null;
  /** Present when the pass was undone; then its own intents are closed already. */
  readonly rollback: RolledBack | null;
}

/** What ROLLBACK did. */
export interface RolledBack {
  /** What the room is held to from now on, and what is known of it. */
  readonly row: Pick<
    Room,
    "enforced" | "enforcedBefore" | "keepsDmVisibility" | "inventory" | "removing" | "quarantine"
  >;
  readonly undo: readonly ActionReport[];
  /** The room after the undo; null when it could not be read. */
  readonly observed: RoomState | null;
}

/** An ending before anything was tried. */
export function endingAt(phase: Phase, outcome: Outcome, findings: Partial<Ending> = {}): Ending {
  return {
    kind: "ending",
    phase,
    outcome,
    plan: null,
    refusals: [],
    warnings: [],
    reports: [],
    confirmations: [],
    verified: null,
    notObservable: null,
    trust: null,
    rollback: null,
    ...findings,
  };
}

export function isEnding(value: object): value is Ending {
  return "kind" in value && value.kind === "ending";
}
