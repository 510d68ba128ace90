import { systemClock, type Clock } from "../kernel/clock.ts";
import { randomId, type IdSource, type Random } from "../kernel/ids.ts";
import type { PassObserver } from "../room/pass-points.ts";
import { AuditTrail } from "../store/audit-trail.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { IMPLEMENTATIONS, type Implementations } from "./implementations.ts";

export interface AgentOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly newId?: IdSource;
  readonly random?: Random;
  /** Those that are not handed in are the real ones. */
  readonly implementations?: Partial<Implementations>;
  /** Called at the points that passes reach. Absent: no observer. */
  readonly onPassPoint?: PassObserver;
}

/** What an agent gets from outside: clock, random numbers, ids and observers. */
export interface Edges {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly random: Random;
  readonly implementations: Implementations;
  readonly onPassPoint: PassObserver;
  readonly trail: AuditTrail;
}

export function toEdges(options: AgentOptions, operatorVersion: string): Edges {
  const { clock = systemClock, newId = randomId } = options;
  return {
    logger: options.logger,
    metrics: options.metrics,
    clock,
    newId,
    random: options.random ?? Math.random,
    implementations: { ...IMPLEMENTATIONS, ...options.implementations },
    onPassPoint: options.onPassPoint ?? (() => undefined),
    trail: new AuditTrail({ clock, newId, operatorVersion }),
  };
}
