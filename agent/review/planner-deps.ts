import type { ForgeConfig } from "../config/config.ts";
import type { Forge } from "../forge/forge.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdSource, Random } from "../kernel/ids.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ReviewMetrics } from "../telemetry/review-metrics.ts";
import type { LiveWarnings } from "../trigger/live-warnings.ts";
import type { ReviewDeps } from "./review-pull-request.ts";

/** What the planner of one source works with. */
export interface PlannerDeps extends Omit<ReviewDeps, "forge" | "correlationId"> {
  readonly source: string;
  /** Of its statuses: see `planContext`. */
  readonly context: string;
  readonly forge: Forge;
  readonly config: Pick<ForgeConfig, "labels" | "plan">;
  readonly publicUrl: string | null;
  /** The head of the branch's newest snapshot that counts; null: none yet. */
  readonly base: () => string | null;
  readonly store: Pick<Store, "readDocuments" | "write">;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: IdSource;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly metrics: ReviewMetrics;
  readonly warnings: Pick<LiveWarnings, "raise" | "end">;
}
