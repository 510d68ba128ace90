import { Worker } from "node:worker_threads";
import { threadProgram } from "../kernel/package-files.ts";
import type { ParsedSpec } from "../spec/room-spec.ts";
import { gitFailure } from "./git-failure.ts";

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

export interface ParsePoolOptions {
  readonly threads: number;
  /** One file's time; a file that takes longer ends its thread and is reported as invalid. */
  readonly timeoutMs: number;
  readonly heapMb: number;
  /** Default: a second. */
  readonly idleMs?: number;
  /** The program each thread runs. Default: the parser. */
  readonly program?: URL;
}

/** Whoever pays for the time of a file. */
export interface ParseWatch {
  /** Once aborted, files that no thread has begun are rejected with its reason. */
  readonly signal: AbortSignal;
  spent(path: string, ms: number): void;
}

export interface Job {
  readonly task: ParseTask;
  readonly watch: ParseWatch | undefined;
  readonly resolve: (parsed: ParsedSpec) => void;
  readonly reject: (error: Error) => void;
  /** How many threads died at this file. One death may be an accident. */
  deaths: number;
}

/** What a thread is given: a file, or the word to free memory that it does not need. */
export type ToParser = ParseTask | "free";

/** What a thread answers: once that it is ready, then each file in turn. */
export type ParseAnswer = "ready" | ParsedSpec;

/** A file is looked at each time this part of its time has passed. */
const LOOK = 0.1;

/** What a thread has spent on one file, ms. */
export interface FileTime {
  /** Of the processor, since the file was first looked at. */
  readonly usedMs: number;
  readonly tookMs: number;
}

/**
 * Whether a file may continue. On a busy machine a small one takes long as well, so what counts is the processor time that it used; where it
 * was given next to none for ten times as long, nothing can be said of the file.
 */
export function judgeFile(
  { usedMs, tookMs }: FileTime,
  timeoutMs: number,
): "wait" | "tooSlow" | "starved" {
  if (usedMs >= timeoutMs * (1 - 2 * LOOK)) return "tooSlow";
  return tookMs < timeoutMs * 10 ? "wait" : "starved";
}

/** Processor time of a thread so far; null where it does not say so in time. */
async function cpuMs(worker: Worker, patienceMs: number): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs);
  });
  const said = worker.cpuUsage().then(({ user, system }) => (user + system) / 1000);
  try {
    // A thread that has ended has none; its end is met elsewhere.
    return await Promise.race([said.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface ThreadEvents {
  readonly onFree: () => void;
  /** `left` are the jobs it had not begun. */
  readonly onDead: (left: readonly Job[]) => void;
}

/** One thread of the parser; it answers in order. */
export class ParseThread {
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
    this.#worker = new Worker(options.program ?? threadProgram("source/parse-worker"), {
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

  /** Files parsed since it freed memory. */
  get parsed(): number {
    return this.#parsed;
  }

  /** It has begun to parse, or would. */
  get isReady(): boolean {
    return this.#ready;
  }

  get load(): number {
    return this.#jobs.length;
  }

  take(job: Job): void {
    this.#jobs.push(job);
    this.#post(job.task);
    if (this.#jobs.length === 1) this.#watch();
  }

  /** It must have no file. A file that comes meanwhile waits for a tenth of a second. */
  free(): void {
    this.#parsed = 0;
    this.#post("free");
  }

  async stop(): Promise<void> {
    this.#dead = true;
    clearTimeout(this.#deadline);
    await this.#worker.terminate();
  }

  #post(message: ToParser): void {
    this.#worker.postMessage(message);
  }

  /** A thread that still starts has ten times as long, and no file is blamed. */
  #watch(): void {
    clearTimeout(this.#deadline);
    this.#beganAtMs = performance.now();
    const [job] = this.#jobs;
    if (job === undefined || this.#dead) return;
    const { timeoutMs } = this.#options;
    if (this.#ready) this.#lookAgain(job, null);
    else this.#deadline = setTimeout(() => this.#die("was not parsed"), timeoutMs * 10);
  }

  /** `baseMs`: processor time of the thread when the file was first looked at; null until then. */
  #lookAgain(job: Job, baseMs: number | null): void {
    const { timeoutMs } = this.#options;
    const lookMs = timeoutMs * LOOK;
    this.#deadline = setTimeout(async () => {
      const nowMs = await cpuMs(this.#worker, lookMs);
      if (this.#dead || this.#jobs[0] !== job) return;
      const usedMs = nowMs === null || baseMs === null ? 0 : nowMs - baseMs;
      const tookMs = performance.now() - this.#beganAtMs;
      const verdict = judgeFile({ usedMs, tookMs }, timeoutMs);
      if (verdict === "wait") this.#lookAgain(job, baseMs ?? nowMs);
      else if (verdict === "tooSlow") this.#die(`was not parsed within ${timeoutMs} ms`);
      else this.#starve(job, usedMs);
    }, lookMs);
  }

  /** No fault of the file: it is parsed again with the next try of its source. */
  #starve(job: Job, usedMs: number): void {
    this.#jobs.shift();
    const seconds = Math.round((performance.now() - this.#beganAtMs) / 1000);
    job.reject(
      gitFailure(
        "WorkerFailed",
        `${job.task.path} could not be parsed in ${seconds} s: the machine gave the parser ${Math.round(usedMs)} ms of processor ` +
          "time. It is tried again. Give the agent more processor time.",
      ),
    );
    this.#events.onDead(this.#end());
  }

  /** Gives back what it had not answered. */
  #end(): Job[] {
    this.#dead = true;
    clearTimeout(this.#deadline);
    void this.#worker.terminate();
    return this.#jobs.splice(0);
  }

  #settle(job: Job | undefined, parsed: ParsedSpec): void {
    job?.watch?.spent(job.task.path, performance.now() - this.#beganAtMs);
    job?.resolve(parsed);
  }

  /** `cause` is undefined when it is we who end it, because of the file at the front. */
  #die(what: string, cause?: Error | null): void {
    if (this.#dead) return;
    const jobs = this.#end();
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

function poisonous(path: string, what: string): ParsedSpec {
  const message = `This file ${what}. It is not read again until it changes: make it smaller and simpler.`;
  return {
    kind: "invalid",
    roomId: null,
    errors: [{ path, line: 1, column: 1, message }],
    warnings: [],
  };
}
