import type { CloneEvent } from "../source/git/git-clone-events.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";

export interface CloneReportDeps {
  readonly source: string;
  readonly metrics: Pick<SourceMetrics, "cloneRotated">;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Logs and counts what happens to a clone. No room is affected. A repeated failure is counted each time and logged once. */
export function cloneReport(deps: CloneReportDeps): (event: CloneEvent) => void {
  const { source, metrics, log } = deps;
  return (event) => {
    const shared = event.sharedWith === undefined ? {} : { sharedWith: event.sharedWith };
    switch (event.kind) {
      case "rotated": {
        const { why, durationMs, before, after } = event;
        metrics.cloneRotated(source, why);
        log.info({ source, reason: why, durationMs, before, after, ...shared }, "clone rotated");
        return;
      }
      case "rotationFailed": {
        metrics.cloneRotated(source, "failed");
        if (!event.isNewReason) return;
        const { reason, message } = event.failure;
        const { retryAfterMs } = event;
        log.warn(
          { source, reason, detail: message, retryAfterMs, ...shared },
          "clone rotation failed",
        );
        return;
      }
      case "discarded":
        metrics.cloneRotated(source, event.why);
        log.warn({ source, reason: event.why, ...shared }, "clone discarded");
    }
  };
}
