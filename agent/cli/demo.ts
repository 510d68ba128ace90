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
import { exampleSpecs, openDemoLog, ownSpecs, type DemoLog, type DemoSpecs } from "./demo-specs.ts";
import { watchRooms } from "./demo-watch.ts";
import { systemHeap } from "../kernel/heap.ts";

const OPTIONS = { once: { type: "boolean" }, repo: { type: "string" } } as const;

/** How long the first convergence may take before `--once` gives up. */
const CONVERGE_WITHIN_MS = 60_000;

/**
 * `demo [--once] [--repo DIR]`: a git server with the example repository, or a person's own folder, a RoomServer and an agent between them, on loopback and in a
 * temporary folder. Runs until the signal aborts; with `--once` until every room is converged (0), or that failed or a spec is not read (1).
 */
export async function demo(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const own = values.repo === undefined ? null : await ownSpecs(values.repo, io.cwd);
  const folder = await mkdtemp(join(tmpdir(), "room-operator-demo-"));
  const started: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const roomServer = createDevserver({ port: 0 });
    started.push(() => roomServer.stop());
    const { url: roomServerUrl } = await roomServer.start();
    io.stdout.write(`RoomServer  ${roomServerUrl}\n`);
    const serve = (root: string) => createGitHttpBackend({ root, environment: io.env });
    const specs = own ?? (await exampleSpecs(folder, serve, io));
    started.push(() => specs.stop());
    io.stdout.write(`${specs.shown}\n`);
    const log = openDemoLog(folder);
    started.push(() => log.stop());
    const agent = await createDemoAgent({ folder, roomServerUrl, specs, log });
    started.push(() => agent.stop());
    const { url } = await agent.start();
    io.stdout.write(`agent       ${url}/status   (log: ${log.path})\n\n`);
    return await watchRooms(
      {
        url,
        once: values.once === true,
        convergeWithinMs: CONVERGE_WITHIN_MS,
        onConverged: (roomId) => io.stdout.write(specs.toTry(url, roomId)),
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
  readonly specs: DemoSpecs;
  readonly log: DemoLog;
}

async function createDemoAgent({ folder, roomServerUrl, specs, log }: DemoParts) {
  const loaded = await loadConfig({
    cwd: folder,
    env: {
      RoomServer__BaseUrl: roomServerUrl,
      Git__Sources__0__Name: "specs",
      ...specs.settings,
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
    output: log.file,
  });
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: true,
  });
  const agent = createAgent(config, { logger, metrics, heap: systemHeap });
  return {
    start: () => agent.start(),
    stop: async () => {
      await agent.stop();
      metrics.close();
    },
  };
}
