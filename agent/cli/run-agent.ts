import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkFiles } from "../config/check-files.ts";
import type { Config, SourceConfig } from "../config/config.ts";
import type { Credential } from "../config/credential.ts";
import { readCredential } from "../config/credential.ts";
import { loadConfig } from "../config/load-config.ts";
import type { Problem } from "../config/problem.ts";
import { PROGRAM_VERSION } from "../config/program-version.ts";
import { GUARDRAILS } from "../guardrail/objections.ts";
import { systemClock } from "../kernel/clock.ts";
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
}

export type AgentFactory = (
  config: Config,
  options: { readonly logger: Logger; readonly metrics: Metrics },
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
  const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
  const loaded = await loadConfig({
    ...(values.config === undefined ? {} : { file: values.config }),
    cwd: io.cwd,
    env: io.env,
    readFile: (path) => readFile(path, { encoding: "utf8", signal: io.signal }),
  });
  if (!loaded.ok) {
    io.stderr.write(refusal(loaded.problems));
    return 1;
  }
  const { config, warnings, file } = loaded;
  const unusable = await checkFiles(config, io.env["PATH"] ?? "", io.signal);
  if (unusable.length > 0) {
    io.stderr.write(refusal(unusable));
    return 1;
  }
  const redactor = createRedactor();
  const logger = createLogger({
    level: config.logging.level,
    name: config.operator.name,
    clock: systemClock,
    redactor,
    output: io.stdout,
  });
  logger.info({ file, sources: config.git.sources.map(({ name }) => name) }, "configuration read");
  for (const { key, message } of warnings)
    logger.warn({ key, warning: message }, "configuration warning");
  await rememberSecrets(config, { redactor, logger, signal: io.signal });
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: true,
  });
  try {
    await untilAborted(createAgent(config, { logger, metrics }), logger, io.signal);
    return 0;
  } finally {
    metrics.close();
  }
}

async function untilAborted(
  agent: RunnableAgent,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    await Promise.race([agent.start(), aborted]);
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
