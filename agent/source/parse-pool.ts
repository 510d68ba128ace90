import { messageOf, type OperatorError } from "../kernel/errors.ts";
import { shownPathOf } from "../spec/problems.ts";
import { gitFailure } from "./git-failure.ts";
import type { GitWorkerSettings } from "./git/git-worker-messages.ts";
import { ParseThread } from "./parse-thread.ts";
import type { Job, ParsePoolOptions, ParseTask, ParseWatch } from "./parse-thread.ts";
import type { ParsedSpec } from "../spec/room-spec.ts";

/** Findings of one file that leave the worker. */
const FINDINGS_OF_FILE = 20;

/** The parsing of one file of a repository. */
export function parseTask(
  path: string,
  bytes: Buffer,
  { limits, roomIdPattern }: Pick<GitWorkerSettings, "limits" | "roomIdPattern">,
): ParseTask {
  return {
    // A copy: a view would transfer the whole buffer behind it.
    bytes: new Uint8Array(bytes),
    path: shownPathOf(path),
    maxBytes: limits.specBytes,
    maxFindings: FINDINGS_OF_FILE,
    roomIdPattern,
  };
}

/** Files a thread is given in one message, which wakes it: waking costs as much as parsing a small file does. */
const AHEAD = 8;

/** When files wait for so long, ms, another thread may be worth its start, which takes as much as parsing a thousand small files. */
const GROW_AFTER_MS = 500;
/** It is where one thread would take so long, ms, for those that are left. */
const GROW_FOR_MS = 1_000;

/** After so much idleness in ms a thread that is not needed ends, and one whose heap has grown frees what it does not need. */
const IDLE_MS = 1_000;
/** Files after which a thread's heap counts as grown. */
const WORN_FILES = 200;

/**
 * Threads that parse spec files. Each counts what it begins, so when one dies or stalls the file it was at is known: that file
 * becomes invalid, a new thread takes the others, and no file is delayed that was not given to the same thread.
 */
export class ParsePool {
  readonly #options: ParsePoolOptions;
  readonly #threads: ParseThread[] = [];
  readonly #waiting: Job[] = [];
  #idle: NodeJS.Timeout | undefined;
  #growing: NodeJS.Timeout | undefined;
  /** Of threads, so far. */
  #answers = 0;
  #closed = false;

  constructor(options: ParsePoolOptions) {
    this.#options = options;
  }

  /** Starts the first thread, so that the first file does not wait for it. */
  warm(): void {
    if (this.#threads.length === 0) this.#addThread();
  }

  parse(task: ParseTask, watch?: ParseWatch): Promise<ParsedSpec> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error("the parse pool is closed"));
        return;
      }
      this.#waiting.push({ task, watch, resolve, reject, deaths: 0 });
      this.#hand();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#growing);
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  #hand(): void {
    if (this.#closed) return;
    clearTimeout(this.#idle);
    if (this.#waiting.length === 0) {
      const busy = this.#threads.some((thread) => thread.load > 0);
      if (!busy) this.#idle = setTimeout(() => this.#shrink(), this.#options.idleMs ?? IDLE_MS);
      return;
    }
    const failure = this.#threads.length === 0 ? this.#addThread() : null;
    if (failure !== null) {
      for (const job of this.#waiting.splice(0)) job.reject(failure);
      return;
    }
    this.#give();
    if (!this.#isCrowded()) return;
    const before = this.#answers;
    this.#growing ??= setTimeout(() => this.#grow(this.#answers === before), GROW_AFTER_MS);
  }

  #give(): void {
    for (const thread of [...this.#threads].sort((a, b) => a.load - b.load)) {
      while (thread.load < AHEAD && this.#waiting.length > 0) {
        const job = this.#waiting.shift();
        if (job?.watch?.signal.aborted === true) job.reject(reasonOf(job.watch.signal));
        else if (job !== undefined) thread.take(job);
      }
    }
  }

  /** Files wait, and all threads that there are work. */
  #isCrowded(): boolean {
    return (
      this.#waiting.length > 0 &&
      this.#threads.length < this.#options.threads &&
      this.#threads.every(({ isReady }) => isReady)
    );
  }

  /** Of files of which nothing is said there may be many. */
  #leftMs(): number {
    const left = (watch?: ParseWatch) => watch?.leftMs() ?? Number.POSITIVE_INFINITY;
    return this.#waiting.reduce((most, { watch }) => Math.max(most, left(watch)), 0);
  }

  /** `isStuck`: no file was parsed meanwhile. */
  #grow(isStuck: boolean): void {
    this.#growing = undefined;
    if (this.#closed || !this.#isCrowded()) return;
    if (!isStuck && this.#leftMs() < GROW_FOR_MS) return;
    this.#addThread();
    this.#give();
  }

  /** One thread stays, so that the next file finds code that is compiled and optimized. */
  #shrink(): void {
    const [kept, ...others] = this.#threads;
    for (const thread of others) void thread.stop();
    this.#threads.length = Math.min(this.#threads.length, 1);
    if (kept !== undefined && kept.parsed >= WORN_FILES) kept.free();
  }

  /** Null, or why the system gives no thread. */
  #addThread(): OperatorError | null {
    try {
      this.#threads.push(this.#startThread());
      return null;
    } catch (error) {
      const message = `The parser could not be started (${messageOf(error)}). It is tried again.`;
      return gitFailure("WorkerFailed", message);
    }
  }

  #startThread(): ParseThread {
    const thread = new ParseThread(this.#options, {
      onFree: () => {
        this.#answers += 1;
        this.#hand();
      },
      onDead: (left) => {
        this.#threads.splice(this.#threads.indexOf(thread), 1);
        this.#waiting.unshift(...left);
        if (this.#waiting.length > 0) this.#hand();
      },
    });
    return thread;
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("parsing was given up");
}
