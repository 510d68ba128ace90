import { pino, stdSerializers } from "pino";
import type { Logger as PinoLogger } from "pino";
import { legibleJson } from "../kernel/quoted.ts";
import { toIso } from "../kernel/clock.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf, OperatorError } from "../kernel/errors.ts";
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
      serializers: { error: shownError, err: shownError },
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

/** Errors that report a defect of the agent itself: where they came from counts. */
const DEFECTS: ReadonlySet<string> = new Set(["StoreRefused", "StoreConflict"]);

/** An OperatorError is expected and says what to do, so it needs no stack; of its cause, the text if the message does not have it. */
function shownError(error: Error): unknown {
  if (!(error instanceof OperatorError) || DEFECTS.has(error.code))
    return stdSerializers.err(error);
  const { name: type, code, message, cause } = error;
  const why = cause === undefined ? "" : messageOf(cause);
  const known = cause instanceof Error && "code" in cause ? String(cause.code) : why;
  return { type, code, message, ...(message.includes(known) ? {} : { cause: why }) };
}
