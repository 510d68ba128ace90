import type { Logger } from "../telemetry/logger.ts";

/** What is called at the beginning of each minute of the wall clock, one call after the other. It must not reject. */
export type EachMinute = () => Promise<void>;

/** Begins to call `look`, at once and then each minute, until `stop`, which waits for a call under way. */
export type EveryMinute = (
  look: EachMinute,
  log: Pick<Logger, "debug" | "warn">,
) => { stop(): Promise<void> };
