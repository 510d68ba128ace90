import type { CloneEvent } from "../source/git-clone-events.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";

export interface CloneReportDeps {
  readonly source: string;
  readonly metrics: Pick<SourceMetrics, "cloneRotated">;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** What happens to a clone, for those who run the agent. No room is concerned. A failure is counted each time and told once. */
export function cloneReport(deps: CloneReportDeps): (event: CloneEvent) => void {
  const { source, metrics, log } = deps;
  return (event) => {
    switch (event.kind) {
      case "rotated": {
        const { why, durationMs, before, after } = event;
        metrics.cloneRotated(source, why);
        log.info({ source, reason: why, durationMs, before, after }, "clone rotated");
        return;
      }
      case "rotationFailed": {
        metrics.cloneRotated(source, "failed");
        if (!event.isNews) return;
        const { reason, message } = event.failure;
        const { retryAfterMs } = event;
        log.warn({ source, reason, detail: message, retryAfterMs }, "clone rotation failed");
        return;
      }
      case "discarded":
        metrics.cloneRotated(source, event.why);
        log.warn({ source, reason: event.why }, "clone discarded");
    }
  };
}
