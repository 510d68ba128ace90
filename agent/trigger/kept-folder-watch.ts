import { realpath } from "node:fs/promises";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { legible } from "../kernel/shortened.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Burst } from "./burst.ts";
import type { OpenWatch, WatchFolder } from "./folder-watch.ts";
import type { LiveWarnings } from "./live-warnings.ts";

/** Says when there may be news of a source. */
export interface SourceWatch {
  /** Does nothing after `stop`. */
  start(): void;
  /** The source was read: what a watch missed until then is known. */
  polled(): void;
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface KeptFolderWatchDeps {
  /** Absolute, as it is configured: a link is followed. It need not exist yet. */
  readonly folder: string;
  readonly open: WatchFolder;
  readonly clock: Clock;
  /** Called when something may have changed: at the end of a burst, or in the middle of a long one. */
  readonly wake: () => void;
  readonly warnings: Pick<LiveWarnings, "raise" | "end">;
  readonly log: Pick<Logger, "debug">;
}

/** Ms before a watch that failed is tried again: twice as long each time. */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 1_800_000;

/**
 * Keeps a watch on a folder. Its seeds may be outside of `Path`, so all of it is watched. One that fails is closed, is a warning of the
 * source, and is tried again; polls find what it misses.
 */
export class KeptFolderWatch implements SourceWatch {
  readonly #deps: KeptFolderWatchDeps;
  readonly #burst: Burst;
  readonly #stopping = new AbortController();
  #watch: OpenWatch | null = null;
  /** What is watched, without links on the way to it; null: nothing yet. */
  #base: string | null = null;
  #failures = 0;
  /** One after the other: a watch is closed before the next one is opened. */
  #work: Promise<void> = Promise.resolve();

  constructor(deps: KeptFolderWatchDeps) {
    this.#deps = deps;
    this.#burst = new Burst(deps.clock, deps.wake);
  }

  start(): void {
    this.#then(() => this.#reopen());
  }

  /** The folder may be a link that leads elsewhere now. */
  polled(): void {
    this.#then(async () => {
      if (this.#watch !== null && (await this.#baseNow()) !== this.#base) await this.#reopen();
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent stops"));
    this.#burst.stop();
    await this.#work;
    await this.#close();
  }

  #then(step: () => Promise<void>): void {
    this.#work = this.#work
      .then(async () => {
        if (!this.#stopping.signal.aborted) await step();
      })
      .catch((error: unknown) => {
        this.#deps.log.debug({ error }, "folder watch could not be changed");
      });
  }

  async #reopen(): Promise<void> {
    await this.#close();
    this.#base = await this.#baseNow();
    if (this.#stopping.signal.aborted) return;
    let failed = false;
    const opened = this.#deps.open(this.#base, {
      changed: () => this.#burst.event(),
      ready: () => {
        if (!failed) this.#works();
      },
      failed: (error) => {
        if (failed) return;
        failed = true;
        this.#fail(error);
      },
    });
    this.#watch = opened;
  }

  async #baseNow(): Promise<string> {
    const { folder } = this.#deps;
    // The source reports a folder that is missing or cannot be read.
    return realpath(folder).catch(() => folder);
  }

  #works(): void {
    const isRetry = this.#failures > 0;
    this.#failures = 0;
    this.#deps.warnings.end("FolderNotWatched");
    if (isRetry) this.#deps.wake();
  }

  /** A watch that misses some changes is closed, so that it takes up nothing of what the system has too little of. */
  #fail(cause: unknown): void {
    const { folder, clock, warnings } = this.#deps;
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    warnings.raise("FolderNotWatched", notWatchedText(folder, cause));
    this.#then(() => this.#close());
    clock.sleep(retryMs, this.#stopping.signal).then(
      () => this.#then(() => this.#reopen()),
      () => undefined,
    );
  }

  async #close(): Promise<void> {
    const open = this.#watch;
    this.#watch = null;
    await open?.stop();
  }
}

const TOO_FEW: Readonly<Record<string, string>> = {
  ENOSPC:
    "Raise the limit of the system (sysctl fs.inotify.max_user_watches), or keep other files out of the folder",
  EMFILE: "Raise the limits of the system (sysctl fs.inotify.max_user_instances, ulimit -n)",
};

function notWatchedText(folder: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = code === "" ? legible(messageOf(error)) : code;
  const advice = TOO_FEW[code] ?? "Look at its file system";
  return `folder ${legible(folder)} is not watched (${why}), so that polls alone find a change. ${advice}`;
}
