import type { Refusal } from "../guardrail/guardrail.ts";
import type { DiffLists } from "../plan/diff-lists.ts";
import type { Item } from "../plan/item.ts";
import type { PlanDigest } from "../plan/plan-digest.ts";
import type { Action, Blocked, NotObservableMark, SeedProblem } from "../plan/plan.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import type { Condition } from "../status/condition.ts";
import type { LostOwner } from "./lost-owner.ts";
import type { Contest } from "./contest.ts";
import type { OverriddenRoom } from "./overridden-room.ts";
import type { SourceWarningRow } from "./source-warning.ts";
import type { Suspicion } from "./suspicion.ts";
import type { Quarantine } from "./quarantine.ts";
import type { SourceHistory } from "./source-history.ts";

/** What determines a room at one revision: its spec file and the seeds that file names. */
export interface RoomInputs {
  /** Digest over the spec digest and every seed's path and blob id: equal inputs, equal digest. */
  readonly digest: string;
  /** Key of the parsed spec in the store: the git blob id, or `api:<spec digest>` for a posted spec. */
  readonly specOid: string;
  readonly specDigest: string;
  readonly specVersion: number;
  /** Null for a posted spec. */
  readonly path: string | null;
  readonly seeds: readonly SeedRef[];
  /** `main@sha1:…`, or `api@sha256:<spec digest>` for a posted spec. */
  readonly revision: string;
  /** Who made the newest commit that touched these inputs, or who posted the spec; null when that is not known. */
  readonly author: string | null;
  /** ISO time of that commit or post. */
  readonly committedAt: string | null;
}

export type SeedRef =
  | { readonly path: string; readonly kind: "present"; readonly oid: string; readonly size: number }
  | {
      readonly path: string;
      readonly kind: "unusable";
      readonly reason: SeedProblem;
      readonly message: string;
    };

/** Who a room belongs to. */
export type RoomOwner =
  | { readonly kind: "git"; readonly source: string; readonly path: string }
  | { readonly kind: "api" };

/** Everything the agent remembers of a room: one row, written only when it changes. */
export interface RoomRow extends OverriddenRoom {
  readonly roomId: string;
  /** Null: orphaned, never owned, or lost by its owner. No owner, no writes. */
  readonly owner: RoomOwner | null;
  /**
   * Set while the room has no owner because the configuration does not let the last one have it. That one gets the room back
   * once it may, unless somebody else took it over. Absent: null.
   */
  readonly lostOwner?: LostOwner | null;
  /** The newest valid inputs observed; null until there were any. */
  readonly head: RoomInputs | null;
  /** Why the newest spec may not be used at all (invalid, claimed twice); null when it may. */
  readonly headProblem: {
    readonly reason: string;
    readonly message: string;
    readonly revision: string;
  } | null;
  /** The newest inputs that passed PRE_CHECKS: what is enforced while head may not be. */
  readonly enforced: RoomInputs | null;
  /** What was enforced before that: what is gone back to when `enforced` is quarantined. */
  readonly enforcedBefore: RoomInputs | null;
  /** Inputs that were rolled back and are not tried again; null when there are none. */
  readonly quarantine: Quarantine | null;
  readonly observedRevision: string | null;
  readonly attemptedRevision: string | null;
  readonly appliedRevision: string | null;
  readonly verifiedRevision: string | null;
  /** The inputs last verified; what an undo would go back to. */
  readonly verified: RoomInputs | null;
  /** The line of commits that `head` was last observed in (`SourceLineage.id`); null when that is not known. */
  readonly lineage: string | null;
  /** What the file last applied was, and in which line of commits; a posted spec's version binds no file. */
  readonly appliedVersion: {
    readonly specVersion: number;
    readonly specDigest: string;
    readonly lineage: string | null;
  } | null;
  /** True once VERIFY passed for a revision of git or an accepted `/apply`: removals need no adoption any more. */
  readonly verifiedBefore: boolean;
  /**
   * True from when a spec that names `dmVisibilityDefault` was carried out until its removal was: in between, a spec that does
   * not name it takes it away.
   */
  readonly keepsDmVisibility: boolean;
  /**
   * Set from when a rewritten history changed the room's inputs until the room has converged: `to` was not built on `from`.
   * Revisions and an ISO time.
   */
  readonly rewritten: {
    readonly from: string;
    readonly to: string;
    readonly since: string;
  } | null;
  /** As long as the mark `rewritten`: what the room was before, and what the agent added since. Both count when `from` is back. */
  readonly detour: {
    readonly from: string;
    readonly since: string;
    readonly added: readonly Item[];
    /** Absent: not known, so nothing can be given back. */
    readonly past?: RoomPast;
  } | null;
  /** Set while the deciding commit says `Dry-Run`. */
  readonly dryRun: {
    readonly commit: string;
    /** The line does not count and looks as if it should; `oid`: of the spec it was asked for, where the room never was at that. */
    readonly lookAlike?: { readonly line: string; readonly reason: string };
    readonly oid?: string;
  } | null;
  /** The dry run of when its last owner let go of it: whoever takes it takes that, too. Absent: none. */
  readonly dryRunLeft?: RoomRow["dryRun"];
  /** Dry runs that ended because other inputs came, newest first, with the spec each was asked for. Absent: none. */
  readonly rehearsals?: readonly (NonNullable<RoomRow["dryRun"]> & { readonly oid: string })[];
  /** The inputs digest a person accepted although its version went down. */
  readonly versionConfirmed: string | null;
  /** Grows with each request that confirms something here, from `Store.readPlanEpoch` on: part of the names of its plans. Absent: 0. */
  readonly confirmedRequests?: number;
  /** What is being refused right now: what a later `Confirm: <roomId>` covers. */
  readonly refusals: readonly Refusal[];
  readonly intentIgnored: readonly {
    readonly commit: string;
    readonly line: string;
    readonly reason: string;
  }[];
  /** What this agent put into the room. */
  readonly inventory: readonly Item[];
  /** The last read that was not believed at once; null when the room reads as it is known. */
  readonly suspicion: Suspicion | null;
  readonly notObservable: readonly NotObservableMark[];
  /** Absent and null: nobody keeps changing the room back. */
  readonly contest?: Contest | null;
  readonly conditions: readonly Condition[];
  /** ISO time since when each reason that the status tells has been told. */
  readonly reasonsSince: Readonly<Record<string, string>>;
  readonly warnings: readonly { readonly reason: string; readonly message: string }[];
  readonly blocked: readonly Blocked[];
  /** The newest plan that has not been carried out, by list as the API shows it; null when there is none. */
  readonly pendingDiff: DiffLists | null;
  /** What names that plan, and all that it would remove; null when there is none. */
  readonly pendingPlan: PendingPlan | null;
  readonly cyclesSinceConverged: number;
  /** ISO time of the end of the last pass that changed this row; null before the first. */
  readonly lastReconcile: string | null;
  readonly lastOutcome: string | null;
}

/** What a rewritten history takes from a room that a return gives back. */
export type RoomPast = Pick<
  RoomRow,
  "head" | "enforced" | "enforcedBefore" | "lineage" | "appliedVersion" | "keepsDmVisibility"
>;

/** The plan that people are shown, by what a confirmation of it needs. */
export interface PendingPlan {
  readonly digest: PlanDigest;
  /** Digest of the inputs that it was made for. */
  readonly inputs: string;
  readonly removals: readonly Item[];
}

/** A source as the agent remembers it. */
export interface SourceRow extends SourceHistory {
  readonly name: string;
  readonly url: string;
  readonly ref: string;
  /** The folder searched for specs. */
  readonly path: string;
  /** The head of the newest snapshot that counts; null before the first. */
  readonly observedHead: string | null;
  /**
   * A head of which files were taken in and that does not count yet: until it or another one does, rooms may be at it that
   * `observedHead` knows nothing of. Null when the snapshot at `observedHead` is whole.
   */
  readonly takingIn: string | null;
  readonly syncedRevision: string | null;
  /** True once a snapshot held at least one spec. */
  readonly hadSpecs: boolean;
  readonly lastError: {
    readonly reason: string;
    readonly message: string;
    readonly since: string;
  } | null;
  readonly warnings: readonly SourceWarningRow[];
  /** The first of what is wrong with its files; how many there are in all says `specErrorCount`. */
  readonly specErrors: readonly SpecProblem[];
  readonly specErrorCount: number;
}

/** A spec file of the newest snapshot of a source. */
export interface FileRow {
  readonly source: string;
  readonly path: string;
  readonly oid: string;
  /** Null when it could not be read from the file. */
  readonly roomId: string | null;
  readonly valid: boolean;
  /** The first ones, like `warnings`; a last entry counts the rest. */
  readonly errors: readonly SpecProblem[];
  readonly warnings: readonly SpecProblem[];
  /** Null when the file is invalid. */
  readonly inputs: RoomInputs | null;
  /** A dry run that commits of its source asked for while its room was not the source's: it counts when the room becomes so. */
  readonly asked?: RoomRow["dryRun"];
}

/** A yes for a list of removals (L4). */
export interface ConfirmationRow {
  readonly id: string;
  readonly roomId: string;
  /** `return`: no person; the branch is back, and the items are what the agent added while it was away. */
  readonly origin: "commit" | "request" | "return";
  /** The commit's id or the request's correlation id; of `return`, the head that the branch is back at. */
  readonly originId: string;
  readonly actor: string;
  /** True when the room was named (`Confirm: <roomId>`, `X-Confirm`), false for `Confirm: true`. */
  readonly named: boolean;
  readonly items: readonly Item[];
  /** Digest of the only inputs that it counts for; null: the room's newest, whichever they are. */
  readonly inputs: string | null;
  /** Items already removed under it. */
  readonly used: readonly Item[];
  /** ISO times; expiry counts from when the agent first saw it. */
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** A write-ahead intent (L3): exists durably before its call. */
export interface IntentRow {
  /** Also the call's `X-Request-Id`. */
  readonly id: string;
  readonly roomId: string;
  readonly correlationId: string;
  readonly revision: string;
  readonly specVersion: number | null;
  /** What it is part of: the change itself, or taking it back. */
  readonly phase: IntentPhase;
  readonly action: Action;
  readonly state: IntentState;
  /** ISO time. */
  readonly createdAt: string;
}

export type IntentPhase = "APPLY" | "ROLLBACK";

/** `open` until it is known how it ended; `abandoned` was never sent. */
export type IntentState = "open" | "done" | "notDone" | "failed" | "unknown" | "abandoned";

/** One (room, specVersion, content) that was observed and how it ended. */
export interface HistoryRow {
  readonly roomId: string;
  readonly specVersion: number;
  readonly specDigest: string;
  readonly inputsDigest: string;
  readonly revision: string;
  readonly path: string | null;
  /** Key of the spec text in the store. */
  readonly specOid: string;
  readonly author: string | null;
  /** ISO time at which this state was recorded. */
  readonly time: string;
  readonly outcome: "observed" | "applied" | "verified" | "refused" | "rolledBack" | "failed";
}

/** What time it was when the agent last noted it, so that no jump of the clock makes anything expire early, late or twice. */
export interface ClockRow {
  /** ISO time by which things expire: it never jumps, and never goes back. */
  readonly steady: string;
  /** ISO time that the wall clock showed then. */
  readonly wall: string;
  /** ISO time that the last sweep took for now; null before the first. */
  readonly swept: string | null;
}

/**
 * The agent is observe-only (L5): a damaged store was set aside, so nothing is known of what was confirmed, intended and done.
 * It stays until a person acknowledges it; rooms that a person let go of one by one are written to meanwhile.
 */
export interface ObserveOnlyRow {
  /** ISO time at which the damage was found. */
  readonly since: string;
  readonly reason: "StoreDamaged";
  /** What was found. */
  readonly message: string;
  /** Where the damaged store lies now. */
  readonly file: string;
}

/** As it is read: with the rooms that a person let go of, in the order of their ids. */
export interface ObserveOnlyState extends ObserveOnlyRow {
  readonly released: readonly string[];
}
