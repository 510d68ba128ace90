import type { Config } from "../config/config.ts";
import type { ConfigReading } from "../config/read-configuration.ts";
import type { Settings } from "../config/schema.ts";
import { systemClock, type Clock } from "../kernel/clock.ts";
import type { Heap } from "../kernel/heap.ts";
import { randomId, type IdSource, type Random } from "../kernel/ids.ts";
import type { PassObserver } from "../room/pass-points.ts";
import { AuditTrail } from "../store/audit-trail.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { IMPLEMENTATIONS, type Implementations } from "./implementations.ts";

/** Where the configuration of an agent can be read again. */
export interface ConfigurationSource extends Pick<ConfigReading, "digest"> {
  /** Absolute path; the file need not exist. */
  readonly file: string;
  /** What the agent is created with. */
  readonly settings: Settings;
  /** Rejects with the reason of `signal` alone. */
  readonly read: (signal: AbortSignal) => Promise<ConfigReading>;
  /** Called with each configuration that comes in force later. */
  readonly inForce: (config: Config) => void;
}

export interface AgentOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly newId?: IdSource;
  readonly random?: Random;
  /** Null, or absent: the agent keeps the configuration it is created with. */
  readonly configuration?: ConfigurationSource | null;
  /** Absent: the memory of the process is left to V8. */
  readonly heap?: Heap;
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
  readonly configuration: ConfigurationSource | null;
  readonly heap: Heap | null;
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
    configuration: options.configuration ?? null,
    heap: options.heap ?? null,
    implementations: { ...IMPLEMENTATIONS, ...options.implementations },
    onPassPoint: options.onPassPoint ?? (() => undefined),
    trail: new AuditTrail({ clock, newId, operatorVersion }),
  };
}
