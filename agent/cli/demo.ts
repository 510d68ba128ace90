import { joined } from "../kernel/joined.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createAgent } from "../run/agent.ts";
import { loadConfig } from "../config/load-config.ts";
import { PROGRAM_VERSION } from "../config/program-version.ts";
import { GUARDRAILS } from "../guardrail/objections.ts";
import { systemClock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { createRedactor } from "../telemetry/redactor.ts";
import { createDevserver } from "../../devserver/devserver.ts";
import { createGitHttpBackend } from "../../devserver/git-http-backend.ts";
import type { CommandIo } from "./command.ts";
import { startDemoGit, type DemoGit } from "./demo-git.ts";
import { watchRooms } from "./demo-watch.ts";
import { thingsToTry } from "./demo-words.ts";

/** How long the first convergence may take before `--once` gives up. */
const CONVERGE_WITHIN_MS = 60_000;

/**
 * `demo [--once]`: a git server with the example repository, a RoomServer and an agent between them, on loopback and in a
 * temporary folder. Runs until the signal aborts; with `--once` until every room is converged (0) or that failed (1).
 */
export async function demo(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { once: { type: "boolean" } } });
  const folder = await mkdtemp(join(tmpdir(), "room-operator-demo-"));
  const started: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const roomServer = createDevserver({ port: 0 });
    started.push(() => roomServer.stop());
    const { url: roomServerUrl } = await roomServer.start();
    io.stdout.write(`RoomServer  ${roomServerUrl}\n`);
    const serve = (root: string) => createGitHttpBackend({ root, environment: io.env });
    const git = await startDemoGit(folder, serve, io);
    started.push(() => git.stop());
    io.stdout.write(`git server  ${git.url}\n`);
    const agent = await createDemoAgent({ folder, roomServerUrl, git });
    started.push(() => agent.stop());
    const { url } = await agent.start();
    io.stdout.write(`agent       ${url}/status   (log: ${join(folder, "agent.log")})\n\n`);
    return await watchRooms(
      {
        url,
        once: values.once === true,
        convergeWithinMs: CONVERGE_WITHIN_MS,
        onConverged: () => io.stdout.write(thingsToTry({ gitUrl: git.url, agentUrl: url })),
      },
      io,
    );
  } finally {
    for (const stop of started.reverse()) await stop();
  }
}

interface DemoParts {
  readonly folder: string;
  readonly roomServerUrl: string;
  readonly git: DemoGit;
}

async function createDemoAgent({ folder, roomServerUrl, git }: DemoParts) {
  const loaded = await loadConfig({
    cwd: folder,
    env: {
      RoomServer__BaseUrl: roomServerUrl,
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Url: git.url,
      Git__Sources__0__IntervalSeconds: "1",
      Operator__Reconciliation__RateLimitPerSecond: "100",
      HttpApi__Port: "0",
      Store__Path: join(folder, "data"),
    },
    readFile: () =>
      Promise.reject(Object.assign(new Error("the demo has no file"), { code: "ENOENT" })),
  });
  if (!loaded.ok) {
    const problems = joined(loaded.problems.map(({ key, message }) => `${key} ${message}`));
    throw new OperatorError(
      "DemoMisconfigured",
      `the demo's own configuration is refused: ${problems}`,
    );
  }
  const { config } = loaded;
  const logger = createLogger({
    level: "info",
    name: config.operator.name,
    clock: systemClock,
    redactor: createRedactor(),
    output: git.logFile,
  });
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: true,
  });
  const agent = createAgent(config, { logger, metrics });
  return {
    start: () => agent.start(),
    stop: async () => {
      await agent.stop();
      metrics.close();
    },
  };
}
