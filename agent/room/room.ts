import type { Refusal } from "../guardrail/guardrail.ts";
import type { DiffLists } from "../plan/diff-lists.ts";
import type { Item } from "../plan/item.ts";
import type { PlanDigest } from "../plan/plan-digest.ts";
import type { Blocked, NotObservableMark, SeedProblem } from "../plan/plan.ts";
import type { Condition } from "../status/condition.ts";
import type { ConfirmedHead } from "./confirmed-head.ts";
import type { Contest } from "./contest.ts";
import type { PruneMark, PruneProgress, Pruned } from "./prune-mark.ts";
import type { Removing } from "./removing.ts";
import type { LostOwner } from "./lost-owner.ts";
import type { ReviewedPlan } from "./reviewed-plan.ts";
import type { Quarantine } from "./quarantine.ts";
import type { EqualFailures } from "./equal-failures.ts";
import type { RefusedUpdate } from "./refused-update.ts";
import type { Doubt } from "./doubt.ts";
import type { Suspicion } from "./suspicion.ts";
import type { Reason } from "../status/reasons.ts";

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
  /** As `toRevision` writes it, or `api@sha256:<spec digest>` for a posted spec. */
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

/** A file that is not read because of its name, though it may be a spec. */
export interface NotRead {
  readonly source: string;
  readonly path: string;
}

/** A room's spec that came to the place of another source of the repository, which has not read it yet. */
export interface WaitsFor extends NotRead {
  /** The commit that has it, and the source that read that commit. */
  readonly head: string;
  readonly by: string;
}

/** Who a room belongs to. */
export type RoomOwner =
  | { readonly kind: "git"; readonly source: string; readonly path: string }
  | { readonly kind: "api" };

/**
 * Everything the agent remembers of a room: one row, written only when it changes. What its spec, its source and people decide
 * (`Wanted`) and what passes find (`Found`) change at the same time; a pass writes its own half alone (`afterPass`).
 */
export interface Room extends Wanted, Found {
  readonly roomId: string;
  /** How often this row was written: 0 before the first time. The store counts, and refuses a row made of an older one. */
  readonly version: number;
}

/** What the spec, its source and people decide. */
export interface Wanted {
  /** Null: orphaned, never owned, or lost by its owner. No owner, no writes. */
  readonly owner: RoomOwner | null;
  /**
   * Set while the room has no owner because the configuration does not let the last one have it. That one gets the room back
   * once it may, unless another one took it over.
   */
  readonly lostOwner: LostOwner | null;
  /** Who had the orphan last; absent: the room is none, or that is not known. */
  readonly lastOwner?: RoomOwner;
  /**
   * The room's renamed spec, where `RoomSpecNotRead` ended because the source that has it is not configured any more: it is back with
   * that source. Absent: none.
   */
  readonly notReadLeft?: NotRead;
  /** The newest valid inputs observed; null until there were any. */
  readonly head: RoomInputs | null;
  /** Why the newest spec may not be used at all (invalid, claimed twice); null when it may. */
  readonly headProblem: {
    readonly reason: Reason;
    readonly message: string;
    readonly revision: string;
    /** The room's renamed spec, of `RoomSpecNotRead`. Absent: it is about something else. */
    readonly notRead?: NotRead;
    /** Of `WaitsForSource`. Absent: it is about something else. */
    readonly waitsFor?: WaitsFor;
    /** Of a room without an owner: the sources whose files may not have it. Absent: none, or `notRead` says which. */
    readonly sources?: readonly string[];
  } | null;
  /** The line of commits that `head` was last observed in (`SourceLineage.id`); null when that is not known. */
  readonly lineage: string | null;
  readonly observedRevision: string | null;
  /** Set by `X-Override`: git is ignored until a commit touches the room. */
  readonly overridden: boolean;
  /** What the file said when the posted spec took its place: "unusable", or null while that is not known or not the case. */
  readonly overriddenFile:
    | { readonly digest: string; readonly specOid: string }
    | "unusable"
    | null;
  /** Set while the deciding commit says `Dry-Run`. */
  readonly dryRun: DryRun | null;
  /** The dry run at the time its last owner released it: the next owner takes it over. */
  readonly dryRunLeft: DryRun | null;
  /** Dry runs that ended because other inputs came, newest first, with the spec each was asked for. */
  readonly rehearsals: readonly (DryRun & {
    readonly oid: string;
    /** Digest of the inputs that it was asked for; absent: with which seeds is not known. */
    readonly inputs?: string;
  })[];
  /** True once more dry runs ended than are remembered: any spec that the room was not held to may have been one. */
  readonly rehearsalsForgotten: boolean;
  /** Dry runs that a commit ended by the room's name, newest first: read again, they stay ended below that commit. Absent: none. */
  readonly confirmedDryRuns?: readonly ConfirmedDryRun[];
  /** The inputs digest a person accepted although its version went down. */
  readonly versionConfirmed: string | null;
  /** The commit that accepted it, and its author; absent or null: a request did, or that is not known. */
  readonly versionConfirmedBy?: { readonly commit: string; readonly actor: string } | null;
  /** The plan that people saw before the newest inputs were merged; absent or null: none is known of. */
  readonly reviewed?: ReviewedPlan | null;
  /** The inputs digest a person accepted although their plan was not the one that was reviewed. */
  readonly planConfirmed?: string | null;
  /** Who named the room in `Confirm`, until what that lifts of its inputs is on record; absent or null: no one. */
  readonly confirmedHead?: ConfirmedHead | null;
  /** The commit that opened the sync windows for the inputs with this digest, for no others; absent or null: none did. */
  readonly windowOverride?: WindowOverride | null;
  /** Set when the room's file was removed while its source prunes, until the room has an owner again; absent or null: it was not. */
  readonly prune?: PruneMark | null;
  /** Why what the agent put into the orphan is not pruned; absent: it is, the room is none, or that is not known. */
  readonly notPruned?: string;
  /** Grows with each request that confirms something here, from `Store.readPlanEpoch` on: part of the names of its plans. */
  readonly confirmedRequests: number;
  readonly intentIgnored: readonly {
    readonly commit: string;
    readonly line: string;
    readonly reason: string;
  }[];
}

/** `Override-Window` of a commit. */
export interface WindowOverride {
  /** Of the room's inputs at that commit. */
  readonly digest: string;
  readonly commit: string;
  /** Its author. */
  readonly actor: string;
  /** As the commit gives it. */
  readonly reason: string;
}

/** What makes a room a dry run. */
export interface DryRun {
  readonly commit: string;
  /** The label that asks for it, and its pull request; absent: the commit does. */
  readonly label?: string;
  /** Present when the commit's line does not count and the room is held because it looks as if it should. */
  readonly lookAlike?: { readonly line: string; readonly reason: string };
  /** Blob id of the spec that it was asked for; absent: what the room is at. */
  readonly oid?: string;
}

/** A dry run that a commit ended because it names the room in `Confirm`. */
export interface ConfirmedDryRun extends Pick<DryRun, "commit" | "label"> {
  /** The commit that confirms. */
  readonly by: string;
  /** Digest of the only inputs that it counts for. */
  readonly inputs: string;
}

/**
 * What passes find and do. Of these, snapshots and people change as well: `rewritten`, `detour`, `quarantine`, `warnings` and
 * what a return of the branch gives back (`RoomPast`).
 */
export interface Found {
  /** The newest inputs that passed PRE_CHECKS: what is enforced while head may not be. */
  readonly enforced: RoomInputs | null;
  /** What was enforced before that: what is gone back to when `enforced` is quarantined. */
  readonly enforcedBefore: RoomInputs | null;
  /** Inputs that were rolled back and are not tried again; null when there are none. */
  readonly quarantine: Quarantine | null;
  /** Updates of entities that wait before they are tried again; absent: none. */
  readonly refusedUpdates?: readonly RefusedUpdate[];
  /** Changes that failed without an effect and are tried again; absent: none. */
  readonly equalFailures?: readonly EqualFailures[];
  /** Entities that the agent took out to update them and that are not back: it did that itself. Absent: none. */
  readonly takenOut?: readonly Item[];
  readonly attemptedRevision: string | null;
  readonly appliedRevision: string | null;
  readonly verifiedRevision: string | null;
  /** The inputs last verified; what an undo would go back to. */
  readonly verified: RoomInputs | null;
  /** What could not be done when the room was verified: a difference of it is not drift. Absent: nothing. */
  readonly verifiedWithout?: readonly Item[];
  /** What the file last applied was, and in which line of commits; a posted spec's version binds no file. */
  readonly appliedVersion: {
    readonly specVersion: number;
    readonly specDigest: string;
    readonly lineage: string | null;
  } | null;
  /** True once VERIFY passed for a revision of git or an accepted `/apply`: removals need no adoption any more. */
  readonly verifiedBefore: boolean;
  /**
   * Why what the room holds may be that of others although it was verified before (`room-in-doubt.ts`); until it is verified
   * again. Absent or null: it is not in doubt.
   */
  readonly inDoubt?: Doubt | null;
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
  /** What is being refused right now: what a later `Confirm: <roomId>` covers. */
  readonly refusals: readonly Refusal[];
  /** What this agent put into the room. What it removed leaves it once a read shows that. */
  readonly inventory: readonly Item[];
  /** Of the inventory, what was removed by an answer and by no read; absent or null: nothing. */
  readonly removing?: Removing | null;
  /** The prune that waits or is under way; absent or null: none, or nothing of it was done. */
  readonly pruning?: PruneProgress | null;
  /** The prune that was carried out last; absent or null: none was. */
  readonly pruned?: Pruned | null;
  /** The last read that was not believed at once; null when the room reads as it is known. */
  readonly suspicion: Suspicion | null;
  readonly notObservable: readonly NotObservableMark[];
  /** Null: no other writer keeps changing the room back. */
  readonly contest: Contest | null;
  readonly conditions: readonly Condition[];
  /** ISO time since when each reason in the status has been shown. */
  readonly reasonsSince: Readonly<Record<string, string>>;
  readonly warnings: readonly { readonly reason: Reason; readonly message: string }[];
  readonly blocked: readonly Blocked[];
  /** The newest plan that has not been carried out, by list as the API shows it; null when there is none. */
  readonly pendingDiff: DiffLists | null;
  /** What names that plan, and all that it would remove; null when there is none. */
  readonly pendingPlan: PendingPlan | null;
  readonly cyclesSinceConverged: number;
  /** ISO time, by the clock that things expire by, since when every pass has failed; absent or null: the last one did not. */
  readonly failingSince?: string | null;
  /** ISO time of the end of the last pass that changed this row; null before the first. */
  readonly lastReconcile: string | null;
  readonly lastOutcome: string | null;
}

/** What a rewritten history takes from a room that a return gives back. */
export type RoomPast = Pick<
  Room,
  "head" | "enforced" | "enforcedBefore" | "lineage" | "appliedVersion" | "keepsDmVisibility"
>;

/** The plan that people are shown, by what a confirmation of it needs. */
export interface PendingPlan {
  readonly digest: PlanDigest;
  /** Digest of the inputs that it was made for. */
  readonly inputs: string;
  readonly removals: readonly Item[];
}
