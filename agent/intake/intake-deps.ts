import type { MergedCommits } from "../intent/commit-words.ts";
import type { IntentQuestion } from "../intent/intent-question.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { OtherPlace } from "../source/claims-at.ts";
import type { SpecSource } from "../source/spec-source.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";
import type { PassObserver } from "../room/pass-points.ts";
import type { ServerMove } from "../room/room-in-doubt.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import type { LabelIntake } from "./label-intake.ts";
import type { RoomOwners } from "./source-index.ts";
import type { SyncTracker } from "./sync-tracker.ts";

export interface IntakeDeps {
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly clock: Clock;
  /** What confirmations expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly owners: RoomOwners;
  readonly tracker: SyncTracker;
  /** Whether a source may manage a room (`AllowedRooms`). */
  readonly mayManage: (source: string, roomId: string) => boolean;
  /** The files of other sources that name a room. */
  readonly claimsElsewhere: (
    roomId: string,
    source: string,
  ) => readonly { source: string; path: string }[];
  /** Whether two sources read the same commits. Absent: no two do. */
  readonly readsSame?: (source: string, other: string) => boolean;
  /** Where other sources read the repository of this one. */
  readonly placesElsewhere: (source: string) => readonly OtherPlace[];
  /** Sources on record that are not configured any more, as of now. */
  readonly leftSources: () => readonly string[];
  /** The last change of the RoomServer. Absent, or null: there was none. */
  readonly serverMove?: ServerMove | null;
  /** Called with rooms that a source released: another source whose file names one may take it over. */
  readonly released: (roomIds: readonly string[], source: string) => void;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Called with how many errors the spec files of a source have. */
  readonly setSpecErrors?: (source: string, errors: number) => void;
  /** Called with each warning that the files of a source may have, and whether they have it. */
  readonly setSnapshotWarning?: SourceMetrics["setSnapshotWarning"];
  /** How long a confirmation holds, from when the agent first saw it. */
  readonly confirmationExpiresMs: number;
  /** Why a commit's `Override-Window` does not count because of who made it; null: it does. */
  readonly whyNoOverride: NonNullable<IntentQuestion["whyNoOverride"]>;
  /** Whether a source's plans must have been shown in a pull request (`Plan.RequireReviewedPlan`). Absent: none must. */
  readonly requiresReview?: (source: string) => boolean;
  /** `StaleTolerance`: how long to wait before asking again for a head that is an ancestor of the ingested one. */
  readonly staleToleranceMs: number;
  /** Asks for a pass over a room whose inputs, intent or owner changed. */
  readonly enqueue: (roomId: string) => void;
  readonly onPassPoint?: PassObserver;
}

/** A source as configured. */
export interface IntakeSource {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly ref: string;
  /** Folder searched for specs, and how its files are named: for messages. */
  readonly path: string;
  /** Its `Include` and `Exclude`, as text that is the same as long as they are. Absent: all files are read. */
  readonly patternsText?: string;
  /** `Prune`. Absent: false. */
  readonly prunes?: boolean;
  readonly allowEmpty: boolean;
  /** What commits off the first-parent line may say. */
  readonly mergedCommits: MergedCommits;
  /** Fingerprints of the keys whose commits may confirm. Absent, or null: any commit may. */
  readonly confirmSigners?: readonly string[] | null;
  /** No other configured source reads the repository. Absent: another one may. */
  readonly isAlone?: boolean;
  /** What labels say of its commits; absent: no forge is asked. */
  readonly labels?: LabelIntake;
  readonly spec: SpecSource;
}
