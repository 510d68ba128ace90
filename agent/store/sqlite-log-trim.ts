import { Worker } from "node:worker_threads";
import { threadProgram } from "../kernel/package-files.ts";
import { statOf } from "./sqlite-files.ts";

/** A log of fewer bytes stays: what it takes is not worth a thread. */
const WORTH_BYTES = 4 * 1024 * 1024;
/** A store that was not written to for so long counts as idle. */
const IDLE_MS = 5_000;
const PROGRAM = threadProgram("store/sqlite-log-trim-worker");

export interface LogTrimOptions {
  /** The database. */
  readonly file: string;
  /** Default: 5 s. */
  readonly idleMs?: number;
  /** Called when the log could not be cut; it stays, which costs disk and nothing else. */
  readonly onFailed?: (error: unknown) => void;
  /** What the thread runs. Default: what cuts the log. */
  readonly program?: URL;
}

/**
 * Brings the write-ahead log into the database and cuts it to nothing once the store is idle after a burst, in a thread of its own: it
 * waits for the disk. Where another connection is in its way, or the system gives no thread, the log stays until the store is idle the
 * next time.
 */
export class LogTrim {
  readonly #options: Required<LogTrimOptions>;
  readonly #inode: number | undefined;
  #wroteAtMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #worker: Worker | null = null;
  #closed = false;

  constructor(options: LogTrimOptions) {
    this.#options = { idleMs: IDLE_MS, program: PROGRAM, onFailed: () => undefined, ...options };
    this.#inode = statOf(this.#options.file)?.ino;
  }

  /** Called after each commit. */
  note(): void {
    this.#wroteAtMs = performance.now();
    if (this.#timer === null && !this.#closed) this.#wait(this.#options.idleMs);
  }

  /** Ends the thread where it runs; no timer is left. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#worker?.terminate();
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
    this.#timer.unref();
  }

  #look(): void {
    const { file, idleMs } = this.#options;
    this.#timer = null;
    const leftMs = this.#wroteAtMs + idleMs - performance.now();
    if (leftMs > 0) return this.#wait(leftMs);
    const isWorthIt = (statOf(`${file}-wal`)?.size ?? 0) >= WORTH_BYTES;
    // The log of a database that was moved away would be brought into the one that stands there now.
    const isSame = statOf(file)?.ino === this.#inode;
    if (isWorthIt && isSame && this.#worker === null) this.#trim();
  }

  /** Nothing depends on it: what keeps the disk from being written to shows at the next commit. */
  #trim(): void {
    const { file, program, onFailed } = this.#options;
    let worker: Worker;
    try {
      const resourceLimits = { maxOldGenerationSizeMb: 32 };
      worker = new Worker(program, { workerData: file, resourceLimits });
    } catch (error) {
      return onFailed(error);
    }
    worker.unref();
    this.#worker = worker;
    worker.on("error", onFailed);
    worker.on("exit", () => (this.#worker = null));
  }
}
