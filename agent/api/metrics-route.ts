import type { Metrics } from "../telemetry/metrics.ts";
import type { Handlers } from "./express-app.ts";

export function metricsRoutes(deps: {
  readonly metrics: Pick<Metrics, "render">;
}): Pick<Handlers, "metrics"> {
  return { metrics: async () => ({ status: 200, ...(await deps.metrics.render()) }) };
}
