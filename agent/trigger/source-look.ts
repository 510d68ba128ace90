import type { Clock } from "../kernel/clock.ts";
import type { Intake } from "../intake/intake.ts";
import type { SpecSource } from "../source/spec-source.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";
import type { PollEnd } from "./poller.ts";

export interface SourceLookOptions {
  readonly spec: SpecSource;
  readonly intake: Intake;
  readonly metrics: SourceMetrics;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly clock: Clock;
  /** As of `PollOptions`. */
  readonly maxAgeMs?: number | undefined;
}

/** One poll of a source: where is its head, and if that is news, what does it bring? What went wrong is noted once. */
export async function lookAtSource(
  options: SourceLookOptions,
  signal: AbortSignal,
): Promise<PollEnd> {
  const { spec, intake, metrics, log, clock } = options;
  const found = await lookOnce(options, signal);
  const end = found.kind === "failed" ? intake.dated(found) : found;
  metrics.pollEnded(
    spec.name,
    end.kind === "failed" ? end.reason : end.kind === "synced" ? "changed" : "unchanged",
  );
  if (end.kind !== "failed") metrics.sourceSucceeded(spec.name, clock.nowMs());
  const isChange = await intake.note(end.kind === "failed" ? end : { kind: "ok" });
  if (isChange && end.kind === "failed")
    log.warn({ reason: end.reason, detail: end.message }, "source failed");
  else if (isChange) log.info("source recovered");
  if (end.kind === "synced")
    log.info({ head: end.head, revision: intake.revisionOf(end.head) }, "ingested new revision");
  return end;
}

async function lookOnce(
  { spec, intake, metrics, clock, maxAgeMs }: SourceLookOptions,
  signal: AbortSignal,
): Promise<PollEnd> {
  const fresh = intake.isDoubting;
  const askedMs = clock.monotonicMs();
  const polled = await spec.poll(signal, {
    fresh,
    previous: intake.observedHead,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
  });
  if (polled.kind === "failed") return polled;
  const { tag } = polled;
  const found = tag === undefined ? {} : { tag };
  const look = { fresh, askedMs, answeredMs: clock.monotonicMs(), ...found };
  const held = intake.heldAt(polled.head);
  if (held !== null) {
    intake.forgetDoubt();
    return held;
  }
  if (polled.head === intake.observedHead && intake.isWhole) {
    const unsigned = await intake.verifyHead(signal);
    if (unsigned !== null) return unsigned;
    await intake.confirmHead(tag);
    return { kind: "unchanged", head: polled.head };
  }
  const startedMs = clock.monotonicMs();
  const end = await intake.sync(polled.head, signal, look);
  metrics.fetchEnded(spec.name, clock.monotonicMs() - startedMs);
  return end;
}
