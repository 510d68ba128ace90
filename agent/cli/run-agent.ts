import { parseArgs } from "node:util";
import type { Config, LogLevel, SourceConfig } from "../config/config.ts";
import type { Credential } from "../config/credential.ts";
import { readCredential } from "../config/credential.ts";
import type { Problem } from "../config/problem.ts";
import { whySources } from "../config/environment.ts";
import {
  configurationFile,
  isUnconfigured,
  readConfiguration,
} from "../config/read-configuration.ts";
import { PROGRAM_VERSION } from "../config/program-version.ts";
import { GUARDRAILS } from "../guardrail/objections.ts";
import { systemClock } from "../kernel/clock.ts";
import type { ConfigurationSource } from "../run/edges.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Logger } from "../telemetry/logger.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { createRedactor } from "../telemetry/redactor.ts";
import type { Redactor } from "../telemetry/redactor.ts";
import type { CommandIo } from "./command.ts";

/** What `run` needs of an agent. */
export interface RunnableAgent {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
  /** Reads the configuration again. Never rejects. */
  reload(): void;
}

export type AgentFactory = (
  config: Config,
  options: {
    readonly logger: Logger;
    readonly metrics: Metrics;
    readonly configuration: ConfigurationSource;
  },
) => RunnableAgent;

/**
 * `run [--config FILE]`: the agent, until the signal aborts. Exit code 0 then, 1 for a configuration that is refused (every
 * problem on stderr) or an agent that cannot start or stop.
 */
export async function runAgent(
  args: readonly string[],
  io: CommandIo,
  createAgent: AgentFactory,
): Promise<number> {
  try {
    return await readAndRun(args, io, createAgent);
  } catch (error) {
    // Stopped while it read its configuration.
    if (io.signal.aborted && error === io.signal.reason) return 0;
    throw error;
  }
}

async function readAndRun(
  args: readonly string[],
  io: CommandIo,
  createAgent: AgentFactory,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
  const { cwd, env } = io;
  const at = { file: values.config ?? null, cwd, env };
  const { loaded, digest } = await readConfiguration(at, io.signal);
  if (!loaded.ok) {
    io.stderr.write(refusal(loaded.problems));
    return 1;
  }
  const { config, settings, file } = loaded;
  const redactor = createRedactor();
  let level: LogLevel = config.logging.level;
  const logger = createLogger({
    level: () => level,
    name: config.operator.name,
    clock: systemClock,
    redactor,
    output: io.stdout,
  });
  logger.info({ file, sources: config.git.sources.map(({ name }) => name) }, "configuration read");
  if (isUnconfigured(at, file)) warnOfNoFile(logger, configurationFile(at));
  tellWhatIsOdd(logger, whySources(env), loaded.warnings);
  const remember = (next: Config, signal: AbortSignal) =>
    rememberSecrets(next, { redactor, logger, signal });
  await remember(config, io.signal);
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: true,
  });
  try {
    let remembered = digest;
    const configuration: ConfigurationSource = {
      file: configurationFile(at),
      digest,
      settings,
      // A file that was there at the start has to stay there.
      read: async (signal) => {
        const reading = await readConfiguration({ ...at, file: file ?? at.file }, signal);
        if (reading.loaded.ok && reading.digest !== remembered)
          await remember(reading.loaded.config, signal);
        remembered = reading.digest;
        return reading;
      },
      inForce: ({ logging }) => {
        level = logging.level;
      },
    };
    const agent = createAgent(config, { logger, metrics, configuration });
    await untilAborted(agent, logger, io);
    return 0;
  } finally {
    metrics.close();
  }
}

function warnOfNoFile(logger: Logger, file: string): void {
  logger.warn({ file }, "configuration file missing");
}

function tellWhatIsOdd(logger: Logger, why: string | null, warnings: readonly Problem[]): void {
  if (why !== null) logger.info({ detail: why }, "sources are run");
  for (const { key, message: warning } of warnings)
    logger.warn({ key, warning }, "configuration warning");
}

async function untilAborted(
  agent: RunnableAgent,
  logger: Logger,
  { signal, hangUps, begun }: Pick<CommandIo, "signal" | "hangUps" | "begun">,
): Promise<void> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    // No source has given anything yet. Whoever is answered first does not wait for the thread.
    const started = agent.start().then(() => setImmediate(() => begun?.()));
    hangUps?.listen(() => agent.reload());
    await Promise.race([started, aborted]);
    await aborted;
    logger.info("agent stopping");
  } finally {
    await agent.stop();
  }
}

/**
 * Whatever is a secret now never appears in the log. A file that is renewed later is covered by the redactor's patterns.
 */
async function rememberSecrets(
  { auth, git, roomServer }: Config,
  { redactor, logger, signal }: { redactor: Redactor; logger: Logger; signal: AbortSignal },
): Promise<void> {
  const remember = async (credential: Credential, of: { readonly source?: string }) => {
    try {
      redactor.remember((await readCredential(credential, signal)).reveal());
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ ...of, error }, "credential cannot be read");
    }
  };
  if (auth.token !== null) await remember(auth.token, {});
  const { login = null } = roomServer.reach.proxy ?? {};
  if (login !== null) await remember(login.password, {});
  for (const source of git.sources) {
    for (const credential of credentialsOf(source))
      await remember(credential, { source: source.name });
  }
}

function credentialsOf({ auth, reach, webhook }: SourceConfig): readonly Credential[] {
  const others = [reach.proxy?.login?.password, webhook?.secret, webhook?.previous].filter(
    (credential) => credential != null,
  );
  switch (auth.kind) {
    case "none":
    case "ssh":
      return others;
    case "bearer":
      return [auth.token, ...others];
    case "token":
    case "basic":
      return [auth.password, ...others];
  }
}

function refusal(problems: readonly Problem[]): string {
  const lines = problems.map(({ key, message }) => `  ${key} ${message}\n`);
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `The configuration has ${count}:\n${lines.join("")}`;
}
