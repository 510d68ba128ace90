import type { WorkQueue } from "../queue/work-queue.ts";
import type { ObserveOnly } from "../reconcile/observe-only.ts";
import { SUSPENSIONS_LOST } from "../room/suspension.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { ServerMetrics } from "../telemetry/server-metrics.ts";
import type { AcknowledgeAnswer, Command } from "./requests.ts";

export interface AcknowledgeDeps {
  readonly observeOnly: ObserveOnly;
  readonly store: Pick<Store, "readRoomIds">;
  readonly queue: Pick<WorkQueue, "add">;
  readonly trail: AuditTrail;
  readonly metrics: Pick<ServerMetrics, "setObserveOnly">;
  readonly log: Record<
    "info" | "warn",
    (fields: Readonly<Record<string, unknown>>, message: string) => void
  >;
}

/** A person has seen that the store was damaged: every room may be written to again, and each gets a pass. */
export async function acknowledge(
  { correlationId, actor }: Command,
  deps: AcknowledgeDeps,
): Promise<AcknowledgeAnswer> {
  const { observeOnly, store, queue, trail, log, metrics } = deps;
  const ended = observeOnly.state;
  if (ended === null) return { ended, lost: null };
  const { since, reason, file } = ended;
  const metadata = { actor, since, reason, file, lost: SUSPENSIONS_LOST };
  await observeOnly.end([trail.command("acknowledge", metadata, { correlationId })]);
  metrics.setObserveOnly(false);
  log.info({ correlationId, since, file, lost: SUSPENSIONS_LOST }, "observe-only ended");
  for (const roomId of await store.readRoomIds()) queue.add(roomId, "interval");
  return { ended, lost: SUSPENSIONS_LOST };
}
