import { pino, stdSerializers } from "pino";
import type { Logger as PinoLogger } from "pino";
import { legibleJson } from "../kernel/quoted.ts";
import { toIso } from "../kernel/clock.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Redactor } from "./redactor.ts";
import { shortLine } from "./short-line.ts";

/**
 * Writes one line of JSON per call: fields first, then a constant lower-case sentence, as in
 * `logger.info({ room, actions: 3 }, "plan computed")`. `child(fields)` gives a logger that adds `fields` to each line.
 */
export type Logger = PinoLogger;

type Level = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

export interface LoggerOptions {
  /** The least severity that is written. A function is asked at each line. */
  readonly level: Level | (() => Level);
  /** The agent's name, on every line. */
  readonly name: string;
  readonly clock: Pick<Clock, "nowMs">;
  /** Every line goes through it whole, so that no field, message or stack is forgotten. */
  readonly redactor: Redactor;
  readonly output: { write(text: string): unknown };
}

export function createLogger({ level, name, clock, redactor, output }: LoggerOptions): Logger {
  const isFixed = typeof level === "string";
  const least = () => (isFixed ? 0 : (pino.levels.values[level()] ?? Number.POSITIVE_INFINITY));
  return pino(
    {
      level: isFixed ? level : "trace",
      base: { name },
      messageKey: "message",
      timestamp: () => `,"time":"${toIso(clock.nowMs())}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
      hooks: {
        // Children made before a change of the level follow it too.
        logMethod(line, method, severity) {
          if (severity >= least()) method.apply(this, line);
        },
        streamWrite: (line) => legibleJson(shortLine(redactor.redact(line))),
      },
    },
    { write: (line) => void output.write(line) },
  );
}
