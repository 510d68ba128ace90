import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../telemetry/logger.ts";

/** One watch of a folder. */
export interface OpenWatch {
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface FolderEvents {
  /** Something in the folder may have changed. May come often. */
  readonly changed: () => void;
  /** All of the folder is watched from now on, unless `failed` came before. */
  readonly ready: () => void;
  /** Changes may be missed. May come often. */
  readonly failed: (error: unknown) => void;
}

/** Watches all below a folder (absolute, without links on the way to it; it need not exist), and calls nothing after `stop`. */
export type WatchFolder = (folder: string, events: FolderEvents) => OpenWatch;

export interface WatchedFile {
  /** Absolute; it need not exist yet. */
  readonly file: string;
  readonly clock: Clock;
  /** Called when something may have changed: at the end of a burst, or in the middle of a long one. */
  readonly wake: () => void;
  readonly log: Pick<Logger, "warn">;
}

/** Starts to watch a file: its text, and what stands in its place. A watch that fails is reported and no more. */
export type WatchFile = (watched: WatchedFile) => OpenWatch;
