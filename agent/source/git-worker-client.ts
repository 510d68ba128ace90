import { Worker } from "node:worker_threads";
import type { DiscardReason } from "./git-clone-events.ts";
import { gitFailure } from "./git-failure.ts";
import type {
  Ask,
  FromWorker,
  GitWorkerSettings,
  ToWorker,
  WorkerResult,
} from "./git-worker-messages.ts";
import type { KnownFile } from "./spec-source.ts";

type Distribute<T> = T extends unknown ? Omit<T, "id"> : never;
export type WorkerRequest = Distribute<Exclude<ToWorker, { kind: "answer" }>>;

export interface WorkerCallOptions {
  readonly signal: AbortSignal;
  /** Takes what the worker gives; for `known` it answers. The worker waits meanwhile, its deadline too. */
  readonly onAsk?: (ask: Ask) => Promise<readonly KnownFile[]>;
}

export interface GitWorkerClientOptions {
  readonly settings: GitWorkerSettings;
  /** A request may be silent for so long; then the worker is ended. */
  readonly silenceMs: number;
  readonly heapMb: number;
  /** Hears that the worker threw its clone away. Must not throw. */
  readonly onDiscarded?: (why: DiscardReason) => void;
  /** The program the worker runs. Default: the git worker. */
  readonly program?: URL;
}

/** A call that is under way. */
interface Call {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: unknown) => void;
  readonly options: WorkerCallOptions;
  deadline: NodeJS.Timeout | undefined;
}

/**
 * The main thread's side: starts the worker at the first call, ends it when it stalls, and starts a new one at the call after
 * its death. Whatever was under way then fails with `WorkerFailed`.
 */
export class GitWorkerClient {
  readonly #options: GitWorkerClientOptions;
  readonly #calls = new Map<number, Call>();
  #worker: Worker | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: GitWorkerClientOptions) {
    this.#options = options;
  }

  /**
   * Rejects with the signal's reason, with what `onAsk` threw, or with a defect; a failure is a result. To give a call up in
   * the middle the worker is ended: it may be anywhere.
   */
  call(request: WorkerRequest, options: WorkerCallOptions): Promise<WorkerResult> {
    options.signal.throwIfAborted();
    if (this.#closed) return Promise.reject(gitFailure("WorkerFailed", "The source is closed."));
    const worker = (this.#worker ??= this.#start());
    this.#lastId += 1;
    const id = this.#lastId;
    let onAbort: (() => void) | undefined;
    return new Promise<WorkerResult>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, options, deadline: undefined });
      onAbort = () => this.#giveUp(id, options.signal.reason);
      options.signal.addEventListener("abort", onAbort, { once: true });
      this.#watch(id);
      worker.postMessage({ ...request, id } satisfies ToWorker);
    }).finally(() => {
      if (onAbort !== undefined) options.signal.removeEventListener("abort", onAbort);
      clearTimeout(this.#calls.get(id)?.deadline);
      this.#calls.delete(id);
    });
  }

  /** Ends the worker; calls under way fail. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#lose("was closed");
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(
      this.#options.program ?? new URL("./git-worker.ts", import.meta.url),
      {
        workerData: this.#options.settings,
        resourceLimits: {
          maxOldGenerationSizeMb: this.#options.heapMb,
          // A thread that now and then reads a pack would keep 130 MB for its garbage, for months.
          maxYoungGenerationSizeMb: 16,
        },
        // Nothing that a thread prints belongs into the agent's output.
        stdout: true,
      },
    );
    worker.stdout.resume();
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error) => this.#lose(`died (${error.message})`, worker));
    worker.on("exit", (code) => this.#lose(`ended with code ${code}`, worker));
    return worker;
  }

  #receive(message: FromWorker): void {
    if (message.kind === "discarded") {
      this.#options.onDiscarded?.(message.why);
      return;
    }
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    switch (message.kind) {
      case "progress":
        this.#watch(message.id);
        return;
      case "ask":
        void this.#answer(message.id, message.ask);
        return;
      case "done":
        call.resolve(message.result);
        return;
      case "defect":
        call.reject(new Error(`the git worker failed: ${message.message}`));
    }
  }

  async #answer(id: number, ask: Ask): Promise<void> {
    const call = this.#calls.get(id);
    clearTimeout(call?.deadline);
    try {
      const known = (await call?.options.onAsk?.(ask)) ?? [];
      this.#worker?.postMessage({ kind: "answer", id, known } satisfies ToWorker);
      this.#watch(id);
    } catch (error) {
      this.#giveUp(id, error);
    }
  }

  #watch(id: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    clearTimeout(call.deadline);
    const { silenceMs } = this.#options;
    call.deadline = setTimeout(
      () => this.#lose(`did nothing for ${silenceMs} ms and was ended`),
      silenceMs,
    );
  }

  /** Ends one call with `reason`, and the worker with it: the others fail and can be repeated. */
  #giveUp(id: number, reason: unknown): void {
    this.#calls.get(id)?.reject(reason);
    this.#lose("was ended because another call was given up");
  }

  #lose(what: string, worker = this.#worker): void {
    if (worker === null || worker !== this.#worker) return;
    this.#worker = null;
    void worker.terminate();
    const failure = gitFailure(
      "WorkerFailed",
      `The git worker ${what}. It is started anew at the next try.`,
    );
    for (const call of this.#calls.values()) call.reject(failure);
  }
}
