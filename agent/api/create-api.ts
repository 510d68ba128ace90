import { acceptRoutes } from "./accept-route.ts";
import { suspendRoutes } from "./suspend-route.ts";
import { acknowledgeRoutes } from "./acknowledge-route.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { Store } from "../store/store.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { BodyOptions } from "./apply-body.ts";
import { applyRoutes } from "./apply-route.ts";
import { auditRoutes } from "./audit-route.ts";
import { type ApiLog, createExpressApp } from "./express-app.ts";
import { exportRoutes } from "./export-route.ts";
import { explainRoutes } from "./explain-route.ts";
import { healthRoutes } from "./health-route.ts";
import { historyRoutes } from "./history-route.ts";
import { type HttpServer, createHttpServer } from "./http-server.ts";
import { metricsRoutes } from "./metrics-route.ts";
import type { Operator } from "./operator.ts";
import { reloadRoutes } from "./reload-route.ts";
import { roomsRoutes } from "./rooms-route.ts";
import type { SourceInfo } from "./source-view.ts";
import { statusRoutes } from "./status-route.ts";
import { createWebhookGate } from "./webhook-gate.ts";
import { webhookRoutes } from "./webhook-route.ts";
import { windowsRoutes } from "./windows-route.ts";

export interface ApiOptions {
  /** Address to listen on, and port (0: any free one). */
  readonly host: string;
  readonly port: number;
  readonly operatorVersion: string;
  /** Those that are configured; others where it is read again. */
  readonly sources: readonly SourceInfo[];
  /** Largest spec, and so largest body, in bytes; another where it is read again. */
  readonly specBytes: number;
  readonly roomIdPattern: RegExp;
  /** Parses a posted spec off the main thread. */
  readonly parse: BodyOptions["parse"];
  readonly operator: Operator;
  readonly store: Store;
  readonly metrics: Pick<Metrics, "render">;
  readonly log: ApiLog;
  readonly clock: Clock;
  /** What things expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly ids: IdSource;
}

/** The HTTP API of the agent: `start` gives its address, `stop` closes every connection. Both idempotent. */
export function createApi(options: ApiOptions): HttpServer {
  const gate = createWebhookGate(options.operator);
  const app = createExpressApp({
    handlers: {
      ...applyRoutes(options),
      ...acknowledgeRoutes(options),
      ...acceptRoutes(options),
      ...suspendRoutes(options),
      ...windowsRoutes(options),
      ...reloadRoutes(options),
      ...webhookRoutes(options),
      ...roomsRoutes(options),
      ...statusRoutes(options),
      ...explainRoutes(options),
      ...exportRoutes(options),
      ...historyRoutes(options),
      ...healthRoutes(options),
      ...metricsRoutes(options),
      ...auditRoutes(options),
    },
    host: options.host,
    maxBodyBytes: () => options.specBytes,
    webhookGate: gate.handlers,
    ids: options.ids,
    log: options.log,
  });
  const server = createHttpServer(app, options);
  return {
    start: () => server.start(),
    stop: async () => {
      gate.close();
      await server.stop();
    },
  };
}
