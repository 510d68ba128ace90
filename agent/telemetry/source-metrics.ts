import {
  CLONE_RESULTS,
  DELIVERY_RESULTS,
  LIVE_WARNINGS,
  POLL_RESULTS,
  SNAPSHOT_WARNINGS,
} from "./labels.ts";
import type {
  CloneResultLabel,
  DeliveryResultLabel,
  LiveWarningLabel,
  PollResultLabel,
  SnapshotWarningLabel,
} from "./labels.ts";
import type { Series } from "./series.ts";

const FETCH_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** What the sources report. A source that is not configured is not counted. */
export interface SourceMetrics {
  pollEnded(source: string, result: PollResultLabel): void;
  fetchEnded(source: string, durationMs: number): void;
  /** `atMs`: wall time, ms since 1970. */
  sourceSucceeded(source: string, atMs: number): void;
  /** The same of the poll that follows one that succeeded. */
  setNextPollDue(source: string, atMs: number): void;
  cloneRotated(source: string, result: CloneResultLabel): void;
  webhookReceived(source: string, result: DeliveryResultLabel): void;
  setAnnouncedMissing(source: string, isMissing: boolean): void;
  setLiveWarning(source: string, reason: LiveWarningLabel, isOn: boolean): void;
  readonly setSnapshotWarning: (
    source: string,
    reason: SnapshotWarningLabel,
    isOn: boolean,
  ) => void;
}

export function createSourceMetrics(series: Series, sources: readonly string[]): SourceMetrics {
  const polls = series.counter({
    name: "source_polls_total",
    help: "Polls of a source by result: unchanged, changed, or the reason of the failure",
    labels: { source: sources, result: POLL_RESULTS },
  });
  const fetches = series.histogram({
    name: "source_fetch_duration_seconds",
    help: "How long a clone or fetch took, its verification included",
    labels: { source: sources },
    buckets: FETCH_SECONDS,
  });
  const lastSuccess = series.gauge({
    name: "source_last_success_timestamp_seconds",
    help: "When a source last answered and was read without a failure; 0 before the first time",
    labels: { source: sources },
  });
  const nextDue = series.gauge({
    name: "source_next_poll_due_timestamp_seconds",
    help: "When the poll after the last one that succeeded is due, by the interval or the schedule; polls after failures do not move it. 0 before the first time",
    labels: { source: sources },
  });
  const rotations = series.counter({
    name: "source_clone_rotations_total",
    help: "Rotated clones, by cause: packs, bytes or age; damaged, gone, badPacks, limit or useless clones were discarded first. Or failed: it is retried later",
    labels: { source: sources, result: CLONE_RESULTS },
  });
  const deliveries = series.counter({
    name: "webhook_deliveries_total",
    help: "Webhook deliveries to a source with a webhook, by what came of them",
    labels: { source: sources, result: DELIVERY_RESULTS },
  });
  const missing = series.gauge({
    name: "source_announced_commit_missing",
    help: "1 while a webhook announced a commit that polls of the source do not show",
    labels: { source: sources },
  });
  const setWarning = warningGauge(series, sources);
  const ifKnown = (source: string, report: () => void) => {
    if (series.hasSource(source)) report();
  };
  return {
    pollEnded: (source, result) => ifKnown(source, () => polls.inc({ source, result })),
    fetchEnded: (source, durationMs) =>
      ifKnown(source, () => fetches.observe({ source }, durationMs / 1000)),
    sourceSucceeded: (source, atMs) =>
      ifKnown(source, () => lastSuccess.set({ source }, atMs / 1000)),
    setNextPollDue: (source, atMs) => ifKnown(source, () => nextDue.set({ source }, atMs / 1000)),
    cloneRotated: (source, result) => ifKnown(source, () => rotations.inc({ source, result })),
    setAnnouncedMissing: (source, isMissing) =>
      ifKnown(source, () => missing.set({ source }, isMissing ? 1 : 0)),
    setLiveWarning: setWarning,
    setSnapshotWarning: setWarning,
    webhookReceived: (source, result) => ifKnown(source, () => deliveries.inc({ source, result })),
  };
}

function warningGauge(
  series: Series,
  sources: readonly string[],
): (source: string, reason: LiveWarningLabel | SnapshotWarningLabel, isOn: boolean) => void {
  const warnings = series.gauge({
    name: "source_warning",
    help: "1 while the source has a warning about its files or how it is reached, by its reason",
    labels: { source: sources, reason: [...LIVE_WARNINGS, ...SNAPSHOT_WARNINGS] },
  });
  return (source, reason, isOn) => {
    if (series.hasSource(source)) warnings.set({ source, reason }, isOn ? 1 : 0);
  };
}
