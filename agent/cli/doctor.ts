import { parseArgs } from "node:util";
import { whySources } from "../config/environment.ts";
import {
  type ConfigurationAt,
  configurationFile,
  isUnconfigured,
  readConfiguration,
} from "../config/read-configuration.ts";
import { PROGRAM_VERSION } from "../config/program-version.ts";
import { GUARDRAILS } from "../guardrail/objections.ts";
import { systemClock } from "../kernel/clock.ts";
import { legible } from "../kernel/shortened.ts";
import { examine } from "../run/doctor.ts";
import type { Finding } from "../run/doctor-finding.ts";
import { toEdges } from "../run/edges.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { createRedactor } from "../telemetry/redactor.ts";
import type { CommandIo } from "./command.ts";

const WELL = 0;
const AILING = 1;

const MARKS = {
  ok: "ok     ",
  warning: "warning",
  wrong: "wrong  ",
  missing: "missing",
  unknown: "unknown",
} as const;

/**
 * `doctor [--config FILE]`: checks a configuration and all that it reaches, and changes nothing: a line for each check, then how many
 * were ok, warned of, wrong, missing and unknown. Exit code 0 when nothing is missing or wrong, 1 when something is or the configuration
 * is refused.
 */
export async function doctor(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
  const { cwd, env, signal } = io;
  const ofSources = ofProgram(whySources(env));
  io.stdout.write(ofSources.join(""));
  const at = { file: values.config ?? null, cwd, env };
  const { loaded } = await readConfiguration(at, signal);
  if (!loaded.ok) {
    for (const { key, message } of loaded.problems)
      io.stdout.write(`${MARKS.wrong}  configuration: ${key} ${message}\n`);
    io.stdout.write(`${loaded.problems.length} wrong: nothing else was checked\n`);
    return AILING;
  }
  const { config, warnings } = loaded;
  const read = ofFile(at, loaded.file);
  const warned = warnings.length + ofSources.length;
  const counts = { ok: 0, warning: warned, wrong: 0, missing: 0, unknown: 0 };
  counts[read.result] += 1;
  io.stdout.write(`${line(read)}\n`);
  for (const { key, message } of warnings)
    io.stdout.write(`${MARKS.warning}  configuration: ${key} ${message}\n`);
  const metrics = createMetrics({
    version: PROGRAM_VERSION,
    sources: config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: false,
  });
  const logger = createLogger({
    level: "fatal",
    name: config.operator.name,
    clock: systemClock,
    redactor: createRedactor(),
    output: io.stderr,
  });
  try {
    const edges = toEdges({ logger, metrics }, config.operator.version);
    for await (const finding of examine(config, edges, signal)) {
      counts[finding.result] += 1;
      io.stdout.write(`${line(finding)}\n`);
    }
  } finally {
    metrics.close();
  }
  io.stdout.write(`${tally(counts)}\n`);
  return counts.missing + counts.wrong === 0 ? WELL : AILING;
}

function tally({ ok, warning, wrong, missing, unknown }: Record<keyof typeof MARKS, number>) {
  const warned = warning === 1 ? "1 warning" : `${warning} warnings`;
  const asWrong = wrong === 0 ? "" : `${wrong} wrong, `;
  return `${ok} ok, ${warned}, ${asWrong}${missing} missing, ${unknown} unknown`;
}

/** The line that says why the sources are run although they were built, if they are. */
function ofProgram(why: string | null): readonly string[] {
  if (why === null) return [];
  return [
    `${MARKS.warning}  program: its sources are run and start slower: ${why}. Run npm run build in its folder\n`,
  ];
}

/** What is checked: a file, variables, or nothing that a person wrote. */
function ofFile(at: ConfigurationAt, file: string | null): Finding {
  const about = "configuration";
  const absent = `${configurationFile(at)} does not exist`;
  if (file !== null) return { about, check: `${file} can be used`, result: "ok", message: "" };
  if (!isUnconfigured(at, file)) {
    const check = `environment variables can be used; ${absent}`;
    return { about, check, result: "ok", message: "" };
  }
  const check = `${absent}, and no environment variable sets a key: write it, or name a file with --config`;
  return { about, check, result: "missing", message: "" };
}

function line({ about, check, result, message }: Finding): string {
  const why = message === "" ? "" : ` - ${legible(message, 1000)}`;
  return `${MARKS[result]}  ${about}: ${check}${why}`;
}
