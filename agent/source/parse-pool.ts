import { shownPathOf } from "../spec/problems.ts";
import type { GitWorkerSettings } from "./git/git-worker-messages.ts";
import { Worker } from "node:worker_threads";
import { gitFailure } from "./git-failure.ts";
import type { ParsedSpec } from "../spec/room-spec.ts";

/** One file to parse. Plain data: it crosses a thread. */
export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly maxBytes: number;
  readonly roomIdPattern: string;
  /** A spec that a person posted may lie under `spec`. */
  readonly posted?: true;
  /** Findings that are listed; more are counted. */
  readonly maxFindings?: number;
}

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

export interface ParsePoolOptions {
  readonly threads: number;
  /** One file's time; a file that takes longer ends its thread and is reported as invalid. */
  readonly timeoutMs: number;
  readonly heapMb: number;
  /** The program each thread runs. Default: the parser. */
  readonly program?: URL;
}

/** Whoever pays for the time of a file. */
export interface ParseWatch {
  /** Once aborted, files that no thread has begun are rejected with its reason. */
  readonly signal: AbortSignal;
  spent(path: string, ms: number): void;
}

interface Job {
  readonly task: ParseTask;
  readonly watch: ParseWatch | undefined;
  readonly resolve: (parsed: ParsedSpec) => void;
  readonly reject: (error: Error) => void;
  /** How many threads died at this file. One death may be an accident. */
  deaths: number;
}

/** What a thread answers: once that it is ready, then each file in turn. */
export type ParseAnswer = "ready" | ParsedSpec;

/** Files a thread is given ahead, so that it never waits for the way back. */
const AHEAD = 4;

/** After so much idleness in ms a thread that is not needed ends, and one whose heap has grown is replaced. */
const IDLE_MS = 1_000;
/** Files after which a thread's heap counts as grown. */
const WORN_FILES = 200;

/**
 * Threads that parse spec files. Each answers in order, so when one dies or stalls the file it was at is known: that file
 * becomes invalid, a new thread takes the others, and no other file is delayed.
 */
export class ParsePool {
  readonly #options: ParsePoolOptions;
  readonly #threads: ParseThread[] = [];
  readonly #waiting: Job[] = [];
  #idle: NodeJS.Timeout | undefined;
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
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  #hand(): void {
    if (this.#closed) return;
    clearTimeout(this.#idle);
    if (this.#waiting.length === 0) {
      const busy = this.#threads.some((thread) => thread.load > 0);
      if (!busy) this.#idle = setTimeout(() => this.#shrink(), IDLE_MS);
      return;
    }
    this.warm();
    const crowded = this.#threads.every((thread) => thread.load >= AHEAD);
    if (crowded && this.#threads.length < this.#options.threads) this.#addThread();
    for (const thread of [...this.#threads].sort((a, b) => a.load - b.load)) {
      while (thread.load < AHEAD && this.#waiting.length > 0) {
        const job = this.#waiting.shift();
        if (job?.watch?.signal.aborted === true) job.reject(reasonOf(job.watch.signal));
        else if (job !== undefined) thread.take(job);
      }
    }
  }

  /** One fresh thread stays, so that the next file does not wait. */
  #shrink(): void {
    const [kept, ...others] = this.#threads;
    for (const thread of others) void thread.stop();
    this.#threads.length = Math.min(this.#threads.length, 1);
    if (kept === undefined || kept.parsed < WORN_FILES) return;
    this.#threads.length = 0;
    void kept.stop();
    this.warm();
  }

  #addThread(): void {
    const thread = new ParseThread(this.#options, {
      onFree: () => this.#hand(),
      onDead: (left) => {
        this.#threads.splice(this.#threads.indexOf(thread), 1);
        this.#waiting.unshift(...left);
        if (this.#waiting.length > 0) this.#hand();
      },
    });
    this.#threads.push(thread);
  }
}

interface ThreadEvents {
  readonly onFree: () => void;
  /** `left` are the jobs it had not begun. */
  readonly onDead: (left: readonly Job[]) => void;
}

class ParseThread {
  readonly #worker: Worker;
  readonly #options: ParsePoolOptions;
  readonly #events: ThreadEvents;
  readonly #jobs: Job[] = [];
  #deadline: NodeJS.Timeout | undefined;
  #parsed = 0;
  #beganAtMs = 0;
  #ready = false;
  #dead = false;

  constructor(options: ParsePoolOptions, events: ThreadEvents) {
    this.#options = options;
    this.#events = events;
    this.#worker = new Worker(options.program ?? new URL("./parse-worker.ts", import.meta.url), {
      resourceLimits: {
        maxOldGenerationSizeMb: options.heapMb,
        // Small, so that the garbage of a first sync does not stay.
        maxYoungGenerationSizeMb: 16,
      },
    });
    this.#worker.on("message", (answer: ParseAnswer) => {
      if (answer === "ready") this.#ready = true;
      else {
        this.#parsed += 1;
        this.#settle(this.#jobs.shift(), answer);
      }
      this.#watch();
      this.#events.onFree();
    });
    // An error may overtake what the thread said before it; the thread's end never does.
    let failure: Error | null = null;
    this.#worker.on("error", (error) => (failure = error));
    this.#worker.on("exit", () => this.#die("ended the parser", failure));
  }

  /** Files parsed so far. */
  get parsed(): number {
    return this.#parsed;
  }

  get load(): number {
    return this.#jobs.length;
  }

  take(job: Job): void {
    this.#jobs.push(job);
    this.#worker.postMessage(job.task);
    if (this.#jobs.length === 1) this.#watch();
  }

  async stop(): Promise<void> {
    this.#dead = true;
    clearTimeout(this.#deadline);
    await this.#worker.terminate();
  }

  /** The file at the front has its time from now on; a thread that still starts is given ten times as much. */
  #watch(): void {
    clearTimeout(this.#deadline);
    this.#beganAtMs = performance.now();
    if (this.#jobs.length === 0 || this.#dead) return;
    const { timeoutMs } = this.#options;
    this.#deadline = setTimeout(
      () => this.#die(`was not parsed within ${timeoutMs} ms`),
      this.#ready ? timeoutMs : timeoutMs * 10,
    );
  }

  #settle(job: Job | undefined, parsed: ParsedSpec): void {
    job?.watch?.spent(job.task.path, performance.now() - this.#beganAtMs);
    job?.resolve(parsed);
  }

  /** `cause` is undefined when it is we who end it, because the file takes too long. */
  #die(what: string, cause?: Error | null): void {
    if (this.#dead) return;
    this.#dead = true;
    clearTimeout(this.#deadline);
    void this.#worker.terminate();
    const jobs = this.#jobs.splice(0);
    if (!this.#ready) {
      const failure = gitFailure(
        "WorkerFailed",
        `The parser did not start: ${cause?.message ?? "too slow"}`,
      );
      for (const job of jobs) job.reject(failure);
      this.#events.onDead([]);
      return;
    }
    const [suspect, ...left] = jobs;
    if (suspect !== undefined) {
      suspect.deaths += 1;
      if (cause === undefined || suspect.deaths > 1)
        this.#settle(suspect, poisonous(suspect.task.path, what));
      else left.unshift(suspect);
    }
    this.#events.onDead(left);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("parsing was given up");
}

function poisonous(path: string, what: string): ParsedSpec {
  const message = `This file ${what}. It is not read again until it changes: make it smaller and simpler.`;
  return {
    kind: "invalid",
    roomId: null,
    errors: [{ path, line: 1, column: 1, message }],
    warnings: [],
  };
}
