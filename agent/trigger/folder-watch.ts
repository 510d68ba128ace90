import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../telemetry/logger.ts";

export interface Watching {
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface WatchedFolder {
  /** Absolute; it need not exist yet. */
  readonly folder: string;
  /** The part of it that is searched for specs; `.`: all of it. */
  readonly path: string;
  readonly clock: Clock;
  /** Called when something may have changed: at the end of a burst, or in the middle of a long one. */
  readonly wake: () => void;
  readonly log: Pick<Logger, "warn">;
}

export interface WatchedFile extends Pick<WatchedFolder, "clock" | "wake" | "log"> {
  /** Absolute; it need not exist yet. */
  readonly file: string;
}

/** Starts to watch a file: its text, and what stands in its place. A watch that fails is reported and no more. */
export type WatchFile = (watched: WatchedFile) => Watching;

/** Starts to watch a folder. What it misses is found by the next poll, so a watch that fails is reported and no more. */
export type WatchFolder = (watched: WatchedFolder) => Watching;
