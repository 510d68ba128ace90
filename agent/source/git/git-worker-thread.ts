import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import type { WorkerOptions } from "node:worker_threads";
import { threadProgram } from "../../kernel/package-files.ts";
import type { FromWorker, CloneSettings, ToWorker, WorkerStart } from "./git-worker-messages.ts";

/** How long a thread may take to end itself, in ms. Then it is terminated. */
const GRACE_MS = 500;

/** What is used of a thread. */
export interface Thread {
  readonly stdout: Readable;
  on(event: "message", listener: (message: FromWorker) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  postMessage(message: ToWorker): void;
  terminate(): Promise<number>;
}

export type StartThread = (program: URL, options: WorkerOptions) => Thread;

export interface GitWorkerThreadOptions {
  readonly settings: CloneSettings;
  readonly heapMb: number;
  /** The program that the thread runs. Default: the git worker. */
  readonly program?: URL;
  /** Default: a new thread of Node. */
  readonly startThread?: StartThread | undefined;
}

const startNew: StartThread = (program, options) => new Worker(program, options);

export interface GitWorkerThreadEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** It ended or is about to; `what` says how, as in "ended with code 3". May come more than once. */
  readonly onEnd: (what: string) => void;
}

/** One thread of the git worker, from its start to its end. */
export class GitWorkerThread {
  readonly #worker: Thread;
  readonly #ending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #exited: Promise<number>;
  #ended: Promise<number> | null = null;

  constructor(options: GitWorkerThreadOptions, { onMessage, onEnd }: GitWorkerThreadEvents) {
    const { settings, heapMb, startThread = startNew } = options;
    const program = options.program ?? threadProgram("source/git/git-worker-program");
    this.#worker = startThread(program, {
      workerData: { settings, ending: this.#ending } satisfies WorkerStart,
      resourceLimits: {
        maxOldGenerationSizeMb: heapMb,
        // A thread that now and then reads a pack would keep 130 MB for its garbage, for months.
        maxYoungGenerationSizeMb: 16,
      },
      // Nothing that a thread prints belongs into the agent's output.
      stdout: true,
    });
    this.#worker.stdout.resume();
    this.#worker.on("message", onMessage);
    this.#worker.on("error", (error) => onEnd(`died (${error.message})`));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        resolve(code);
        onEnd(`ended with code ${code}`);
      });
    });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /**
   * Asks the thread to end itself and terminates it after a grace. Resolves with its exit code once it has ended: 0 when it
   * ended itself. Idempotent.
   */
  end(): Promise<number> {
    return (this.#ended ??= this.#endWithinGrace());
  }

  async #endWithinGrace(): Promise<number> {
    Atomics.store(this.#ending, 0, 1);
    this.post({ kind: "end" });
    // The thread itself keeps the process alive until then.
    const grace = setTimeout(() => void this.#worker.terminate(), GRACE_MS).unref();
    try {
      return await this.#exited;
    } finally {
      clearTimeout(grace);
    }
  }
}
