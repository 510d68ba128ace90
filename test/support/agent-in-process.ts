import { createAgent, type Agent } from "../../agent/run/agent.ts";
import type { AgentOptions } from "../../agent/run/edges.ts";
import { loadConfig } from "../../agent/config/load-config.ts";
import { readConfiguration } from "../../agent/config/read-configuration.ts";
import { PROGRAM_VERSION } from "../../agent/config/program-version.ts";
import { GUARDRAILS } from "../../agent/guardrail/objections.ts";
import { systemClock } from "../../agent/kernel/clock.ts";
import { createLogger } from "../../agent/telemetry/logger.ts";
import { createMetrics } from "../../agent/telemetry/metrics.ts";
import { createRedactor } from "../../agent/telemetry/redactor.ts";
import { countedAgent, noteActivity } from "./agent-activity.ts";

export interface AgentInProcessGiven {
  readonly cwd: string;
  /** The configuration file, which may be read again; absent: `env` is all of the configuration. */
  readonly file?: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Takes the log's lines. */
  readonly lines: string[];
  readonly options: Omit<AgentOptions, "logger" | "metrics">;
}

/** A whole agent in the test's own process; it was not started. */
export async function agentInProcess(given: AgentInProcessGiven): Promise<Agent> {
  const { cwd, env, file = null } = given;
  const at = { file, cwd, env };
  const { loaded, digest } =
    file === null
      ? { loaded: await withoutFile(given), digest: "" }
      : await readConfiguration(at, new AbortController().signal);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { config, settings } = loaded;
  const configuration =
    file === null
      ? null
      : {
          file,
          digest,
          settings,
          read: (signal: AbortSignal) => readConfiguration(at, signal),
          inForce: () => undefined,
        };
  const logger = createLogger({
    level: "debug",
    name: "room-operator",
    clock: systemClock,
    redactor: createRedactor(),
    output: {
      write: (text) => {
        given.lines.push(text);
        noteActivity();
      },
    },
  });
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: false,
  });
  return countedAgent(createAgent(config, { configuration, ...given.options, logger, metrics }));
}

function withoutFile({ cwd, env }: AgentInProcessGiven) {
  const readFile = () => Promise.reject(Object.assign(new Error("no file"), { code: "ENOENT" }));
  return loadConfig({ cwd, env, readFile });
}
