import { Worker } from "node:worker_threads";
import type { WorkerOptions } from "node:worker_threads";
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
  /** Default: a new thread of Node. */
  readonly startThread?: (program: URL, options: WorkerOptions) => Worker;
}

const startNew = (program: URL, options: WorkerOptions) => new Worker(program, options);

/** Whoever pays for the time of a file. */
export interface ParseWatch {
  /** Once aborted, files that no thread has begun are rejected with its reason. */
  readonly signal: AbortSignal;
  spent(path: string, ms: number): void;
  /** How long one thread would take for all files that are left, by those that were parsed. */
  leftMs(): number;
}

export interface Job {
  readonly task: ParseTask;
  readonly watch: ParseWatch | undefined;
  readonly resolve: (parsed: ParsedSpec) => void;
  readonly reject: (error: Error) => void;
  /** How many threads died at this file. One death may be an accident. */
  deaths: number;
}

/** What a thread is given: files, or the word to free memory that it does not need. */
export type ToParser = readonly ParseTask[] | "free";

/** What a thread answers: once that it is ready, then the files in turn, some at a time: each message wakes the other side. */
export type ParseAnswer = "ready" | readonly ParsedFile[];

export interface ParsedFile {
  readonly parsed: ParsedSpec;
  readonly tookMs: number;
}

/** What a thread is started with. */
export interface ParserStart {
  /** One number in shared memory: how many files it has begun. Of a thread that died or stalls it says at which file. */
  readonly begun: Int32Array;
}

/** A thread has so long to start, ms: on a busy machine that takes seconds. */
const START_MS = 50_000;

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
  readonly #begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** Without an answer, in the order they are given. */
  readonly #jobs: Job[] = [];
  #unsent: ParseTask[] = [];
  #answered = 0;
  #deadline: NodeJS.Timeout | undefined;
  #parsed = 0;
  #beganAtMs = 0;
  #ready = false;
  #dead = false;

  constructor(options: ParsePoolOptions, events: ThreadEvents) {
    this.#options = options;
    this.#events = events;
    const { program = threadProgram("source/parse-worker"), startThread = startNew } = options;
    this.#worker = startThread(program, {
      workerData: { begun: this.#begun } satisfies ParserStart,
      resourceLimits: {
        maxOldGenerationSizeMb: options.heapMb,
        // Small, so that the garbage of a first sync does not stay.
        maxYoungGenerationSizeMb: 16,
      },
    });
    this.#worker.on("message", (answer: ParseAnswer) => {
      if (answer === "ready") this.#ready = true;
      else for (const file of answer) this.#settleNext(file);
      this.#watch();
      this.#events.onFree();
    });
    // An error may overtake what the thread said before it; the thread's end never does.
    let failure: Error | null = null;
    this.#worker.on("error", (error) => (failure = error));
    this.#worker.on("exit", () => this.#die("ended the parser", this.#current, failure));
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
    // Those that are given in one go leave in one message.
    if (this.#unsent.length === 0) queueMicrotask(() => this.#send());
    this.#unsent.push(job.task);
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

  #send(): void {
    if (!this.#dead) this.#post(this.#unsent);
    this.#unsent = [];
  }

  #settleNext({ parsed, tookMs }: ParsedFile): void {
    this.#parsed += 1;
    this.#answered += 1;
    const job = this.#jobs.shift();
    if (job !== undefined) settle(job, parsed, tookMs);
  }

  /** The file that it is at. Those before it are parsed, and their answers are on their way. */
  get #current(): Job | undefined {
    return this.#jobs[Math.max(Atomics.load(this.#begun, 0) - this.#answered - 1, 0)];
  }

  #post(message: ToParser): void {
    this.#worker.postMessage(message);
  }

  /** While a thread starts, no file is blamed. */
  #watch(): void {
    clearTimeout(this.#deadline);
    this.#beganAtMs = performance.now();
    const job = this.#current;
    if (job === undefined || this.#dead) return;
    if (this.#ready) this.#lookAgain(job, null);
    else this.#deadline = setTimeout(() => this.#die("was not parsed", job), START_MS);
  }

  /** `baseMs`: processor time of the thread when the file was first looked at; null until then. */
  #lookAgain(job: Job, baseMs: number | null): void {
    const { timeoutMs } = this.#options;
    const lookMs = timeoutMs * LOOK;
    this.#deadline = setTimeout(async () => {
      const nowMs = await cpuMs(this.#worker, lookMs);
      if (this.#dead) return;
      if (this.#current !== job) return this.#watch();
      const usedMs = nowMs === null || baseMs === null ? 0 : nowMs - baseMs;
      const tookMs = performance.now() - this.#beganAtMs;
      const verdict = judgeFile({ usedMs, tookMs }, timeoutMs);
      if (verdict === "wait") this.#lookAgain(job, baseMs ?? nowMs);
      else if (verdict === "tooSlow") this.#die(`was not parsed within ${timeoutMs} ms`, job);
      else this.#starve(job, usedMs);
    }, lookMs);
  }

  /** No fault of the file: it is parsed again with the next try of its source. */
  #starve(job: Job, usedMs: number): void {
    const seconds = Math.round((performance.now() - this.#beganAtMs) / 1000);
    job.reject(
      gitFailure(
        "WorkerFailed",
        `${job.task.path} could not be parsed in ${seconds} s: the machine gave the parser ${Math.round(usedMs)} ms of processor ` +
          "time. It is tried again. Give the agent more processor time.",
      ),
    );
    this.#events.onDead(this.#end().filter((each) => each !== job));
  }

  /** Gives back what it had not answered. */
  #end(): Job[] {
    this.#dead = true;
    clearTimeout(this.#deadline);
    void this.#worker.terminate();
    return this.#jobs.splice(0);
  }

  /** `cause` is undefined when it is we who end it, because of that file. */
  #die(what: string, suspect: Job | undefined, cause?: Error | null): void {
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
    const left = jobs.filter((each) => each !== suspect);
    if (suspect !== undefined) {
      suspect.deaths += 1;
      if (cause === undefined || suspect.deaths > 1)
        settle(suspect, poisonous(suspect.task.path, what), performance.now() - this.#beganAtMs);
      else left.unshift(suspect);
    }
    this.#events.onDead(left);
  }
}

function settle({ task, watch, resolve }: Job, parsed: ParsedSpec, tookMs: number): void {
  watch?.spent(task.path, tookMs);
  resolve(parsed);
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
