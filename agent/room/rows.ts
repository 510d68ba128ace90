import type { Item } from "../plan/item.ts";
import type { Action } from "../plan/plan.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import type { DryRun, RoomInputs } from "./room.ts";
import type { SourceWarningRow } from "./source-warning.ts";
import type { VerifiedHead } from "./signer.ts";
import type { SourceHistory } from "./source-history.ts";
import type { Reason } from "../status/reasons.ts";

/** A source as the agent remembers it. */
export interface SourceRow extends SourceHistory {
  readonly name: string;
  readonly url: string;
  /** As `shownRef` writes it. */
  readonly ref: string;
  /** The folder searched for specs. */
  readonly path: string;
  /** The `Include` and `Exclude` that the newest snapshot was read with; absent: all files were read. */
  readonly patterns?: string;
  /** The head of the newest snapshot that counts; null before the first. */
  readonly observedHead: string | null;
  /**
   * The branch or tag that `observedHead` was found at; null: it was followed as a commit. Absent: that branch which `ref`
   * names, as in rows from before there were tags.
   */
  readonly observedName?: string | null;
  /** The ref that `observedHead` was followed by, as `ref` was then; absent: not known. */
  readonly observedRef?: string;
  /**
   * A head of which files were ingested and that does not count yet: until it or another one does, rooms may be at it although
   * `observedHead` is older. Null when the snapshot at `observedHead` is whole.
   */
  readonly takingIn: string | null;
  /** `since` of the last change of the RoomServer after which a poll of the source went well; absent: none did after one. */
  readonly polledSinceMove?: string;
  /** The signature of `observedHead`, and the ISO time since when it counts. Absent, or null: none was checked. */
  readonly verified?: (VerifiedHead & { readonly since: string }) | null;
  readonly syncedRevision: string | null;
  /** The `syncedRevision` before this one. Absent or null: none is known. */
  readonly syncedBefore?: string | null;
  /** True once a snapshot held at least one spec. */
  readonly hadSpecs: boolean;
  readonly lastError: {
    readonly reason: Reason;
    readonly message: string;
    readonly since: string;
    /** What ends it, where the reason does not say that in general. Absent: it does. */
    readonly next?: string;
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
  readonly asked?: DryRun | null;
  /** Why the file must not be read, as `IgnoredSpec` says: the rest is what was read before. Absent: it may. */
  readonly ignoredBy?: string;
}

/** A confirmation of a list of removals (L4). */
export interface ConfirmationRow {
  readonly id: string;
  readonly roomId: string;
  /** `return`: no person; the branch is back, and the items are what the agent added while it was away. */
  readonly origin: "commit" | "label" | "request" | "return";
  /**
   * The commit's id or the request's correlation id; of a label the pull request's number, `@` and the commit that it was merged as; of
   * `return`, the head that the branch is back at.
   */
  readonly originId: string;
  /** Of a commit or a label, the source that read it; absent: no source did, or the row is from before sources were noted. */
  readonly source?: string;
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
  /** True: its record `.intended` is written with that of its end, and neither where it ends as the attempt before did. */
  readonly unrecorded?: true;
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
 * It stays until a person acknowledges it; rooms that a person released one by one are written to meanwhile.
 */
export interface ObserveOnlyRow {
  /** ISO time at which the damage was found. */
  readonly since: string;
  readonly reason: "StoreDamaged";
  /** What was found. */
  readonly message: string;
  /** Path of the damaged store now. */
  readonly file: string;
}

/** As it is read: with the rooms that a person released, in the order of their ids. */
export interface ObserveOnlyState extends ObserveOnlyRow {
  readonly released: readonly string[];
}
