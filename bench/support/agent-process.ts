import { z } from "zod";
import { createAgent } from "../../agent/run/agent.ts";
import type { Agent } from "../../agent/run/agent.ts";
import type { Config } from "../../agent/config/config.ts";
import { loadConfig } from "../../agent/config/load-config.ts";
import { GUARDRAILS } from "../../agent/guardrail/objections.ts";
import { systemClock } from "../../agent/kernel/clock.ts";
import { createLogger } from "../../agent/telemetry/logger.ts";
import { createMetrics } from "../../agent/telemetry/metrics.ts";
import { createRedactor } from "../../agent/telemetry/redactor.ts";
import { AgentWatch } from "./agent-watch.ts";
import { serveParent } from "./serve-parent.ts";
import { systemHeap } from "../../agent/kernel/heap.ts";

/** A whole agent, configured from the environment it is given, and what watches it. */
const startGiven = z.object({
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  /** Polls more often than the configuration allows, ms. */
  pollEveryMs: z.number().optional(),
});
const untilGiven = z.object({
  verified: z.number().default(0),
  idle: z.boolean().default(false),
  head: z.string().optional(),
});

const watch = new AgentWatch();
let agent: Agent | null = null;

async function start(given: unknown): Promise<{ readonly url: string }> {
  const { cwd, env, pollEveryMs } = startGiven.parse(given);
  const loaded = await loadConfig({
    cwd,
    env,
    readFile: () => Promise.reject(Object.assign(new Error("no file"), { code: "ENOENT" })),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const config =
    pollEveryMs === undefined ? loaded.config : pollingEvery(loaded.config, pollEveryMs);
  const logger = createLogger({
    level: "info",
    name: "bench",
    clock: systemClock,
    redactor: createRedactor(),
    output: watch.output,
  });
  const metrics = createMetrics({
    version: config.operator.version,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: false,
  });
  agent = createAgent(config, { logger, metrics: watch.watched(metrics), heap: systemHeap });
  return agent.start();
}

function pollingEvery(config: Config, intervalMs: number): Config {
  const sources = config.git.sources.map((source) => ({ ...source, intervalMs }));
  return { ...config, git: { ...config.git, sources } };
}

serveParent(
  {
    start,
    reset: () => watch.reset(),
    report: () => watch.report(),
    until: (given) => {
      const { verified, idle, head } = untilGiven.parse(given);
      return watch.until(
        (progress) =>
          progress.verified >= verified &&
          (progress.idle || !idle) &&
          (head === undefined || progress.head === head),
      );
    },
  },
  async () => {
    await agent?.stop();
    // The log's and the loop's watchers would keep the process.
    process.exit(0);
  },
);
