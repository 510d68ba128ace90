import { monitorEventLoopDelay } from "node:perf_hooks";
import { Registry, collectDefaultMetrics } from "prom-client";
import { createConfigMetrics, type ConfigMetrics } from "./config-metrics.ts";
import { createReconcileMetrics } from "./reconcile-metrics.ts";
import type { ReconcileMetrics } from "./reconcile-metrics.ts";
import { createReviewMetrics, type ReviewMetrics } from "./review-metrics.ts";
import { createRoomMetrics, type RoomMetrics } from "./room-metrics.ts";
import { Series } from "./series.ts";
import { createServerMetrics } from "./server-metrics.ts";
import type { ServerMetrics } from "./server-metrics.ts";
import { createSourceMetrics } from "./source-metrics.ts";
import type { SourceMetrics } from "./source-metrics.ts";

export interface MetricsOptions {
  readonly version: string;
  /** Names of the configured sources. */
  readonly sources: readonly string[];
  /** Names of the guardrails. */
  readonly guardrails: readonly string[];
  /**
   * Also report memory, processor time, garbage collection and open files of the process. What watches the process for
   * that lives as long as the process, so only one agent of a process should ask for it.
   */
  readonly process: boolean;
}

/** Everything the agent counts, in a registry of its own. */
export interface Metrics
  extends
    ReconcileMetrics,
    SourceMetrics,
    ServerMetrics,
    RoomMetrics,
    ConfigMetrics,
    ReviewMetrics {
  /** The text Prometheus reads. */
  render(): Promise<MetricsText>;
  /** The sources that are configured from now on. */
  setSources(sources: readonly string[]): void;
  describe(): readonly MetricDescription[];
  /** Stops watching the event loop. Idempotent. */
  close(): void;
}

export interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const series = new Series(registry, options.sources);
  series
    .gauge({
      name: "build_info",
      help: "Always 1; the label is the version",
      labels: { version: [options.version] },
    })
    .set({ version: options.version }, 1);
  const eventLoop = watchEventLoop(series);
  const rooms = createRoomMetrics(series, options.sources);
  const metrics = {
    countRooms: rooms.countRooms,
    setSpecErrors: rooms.setSpecErrors,
    ...createReconcileMetrics(series, options.guardrails),
    ...createSourceMetrics(series, options.sources),
    ...createServerMetrics(series),
    ...createConfigMetrics(series),
    ...createReviewMetrics(series, options.sources),
  };
  if (options.process) collectDefaultMetrics({ register: registry });
  return {
    ...metrics,
    render: async () => {
      eventLoop.report();
      rooms.report();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
    setSources: (sources) => {
      series.setSources(sources);
      rooms.dropSources();
    },
    describe: () => describe(registry),
    close: () => eventLoop.close(),
  };
}

const RESOLUTION_MS = 10;
const QUANTILES = { "0.5": 50, "0.99": 99, "1": 100 } as const;

/** Delays since the last report: the histogram counts whole rounds, so a round's planned length is taken off. */
function watchEventLoop(series: Series): { report(): void; close(): void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const delay = series.gauge({
    name: "event_loop_delay_seconds",
    help: "How late the event loop was since the last look; quantile 1 is the longest delay",
    labels: { quantile: Object.keys(QUANTILES) },
  });
  return {
    report: () => {
      for (const [quantile, percentile] of Object.entries(QUANTILES)) {
        const seconds = histogram.percentile(percentile) / 1e9 - RESOLUTION_MS / 1000;
        delay.set({ quantile }, Math.max(seconds, 0));
      }
      histogram.reset();
    },
    close: () => {
      histogram.disable();
    },
  };
}

function describe(registry: Registry): readonly MetricDescription[] {
  return registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    help: metric.help,
    type: String(metric.type),
    labels: "labelNames" in metric ? [...(metric.labelNames as readonly string[])] : [],
  }));
}
