import type { DiscardReason } from "./git-clone-events.ts";
import { messageOf } from "../../kernel/errors.ts";
import { gitFailure } from "../git-failure.ts";
import type { Ask, FromWorker, ToWorker, WorkerResult } from "./git-worker-messages.ts";
import { GitWorkerThread } from "./git-worker-thread.ts";
import type { GitWorkerThreadOptions } from "./git-worker-thread.ts";
import type { KnownFile } from "../spec-source.ts";

type Request = Exclude<ToWorker, { kind: "answer" | "cancel" | "leave" | "end" }>;
type Distribute<T> = T extends unknown ? Omit<T, "id"> : never;
export type WorkerRequest = Distribute<Request>;

export interface WorkerCallOptions {
  readonly signal: AbortSignal;
  /** Takes what the worker gives; for `known` it answers. The worker waits meanwhile, its deadline too. */
  readonly onAsk?: (ask: Ask) => Promise<readonly KnownFile[]>;
}

export interface GitWorkerClientOptions extends GitWorkerThreadOptions {
  /** A request may be silent for so long; then the worker is ended. */
  readonly silenceMs: number;
  /** A worker without work is kept for so long: one costs 50 MB with its parser, and starting one some 200 ms. Default: a minute. */
  readonly keepAliveMs?: number | undefined;
  /** The first worker is started when this has resolved. Default: at once. */
  readonly after?: Promise<unknown>;
  /** Called when the worker discarded its clone. Must not throw. */
  readonly onDiscarded?: (why: DiscardReason) => void;
}

const KEEP_ALIVE_MS = 60_000;

/** A call that is under way. */
interface Call {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: unknown) => void;
  readonly options: WorkerCallOptions;
  /** The source that it is for; null: all. */
  readonly reader: number | null;
  /** Given up by its caller; the worker still has it. */
  isGivenUp: boolean;
  deadline: NodeJS.Timeout | undefined;
}

/**
 * The main thread's side: starts the worker at the first call, ends it when it stalls or has nothing to do for a while, and
 * starts a new one at the call after its end. Whatever was under way then fails with `WorkerFailed`. Two workers never run at once: they share the clone.
 */
export class GitWorkerClient {
  readonly #options: GitWorkerClientOptions;
  readonly #calls = new Map<number, Call>();
  #thread: GitWorkerThread | null = null;
  /** Resolves when the thread before this one has ended. */
  #ended: Promise<unknown>;
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: GitWorkerClientOptions) {
    this.#options = options;
    this.#ended = options.after ?? Promise.resolve();
  }

  /**
   * Rejects with the signal's reason, with what `onAsk` threw, or with a defect; a failure is a result. To give a call up in
   * the middle the worker is ended, since it may be anywhere; where it has work for other sources, the call is cancelled.
   */
  call(request: WorkerRequest, options: WorkerCallOptions): Promise<WorkerResult> {
    options.signal.throwIfAborted();
    if (this.#closing !== null)
      return Promise.reject(gitFailure("WorkerFailed", "The source is closed."));
    clearTimeout(this.#idle);
    this.#lastId += 1;
    const id = this.#lastId;
    const onAbort = () => this.#giveUp(id, options.signal.reason);
    return new Promise<WorkerResult>((resolve, reject) => {
      const reader = "reader" in request ? request.reader.id : null;
      const call = { resolve, reject, options, reader, isGivenUp: false, deadline: undefined };
      this.#calls.set(id, call);
      options.signal.addEventListener("abort", onAbort, { once: true });
      this.#watch(id);
      this.#send({ ...request, id }).catch(reject);
    }).finally(() => {
      options.signal.removeEventListener("abort", onAbort);
      if (this.#calls.get(id)?.isGivenUp === false) this.#take(id);
      if (this.#calls.size === 0) this.#rest();
    });
  }

  /** Starts the worker if a call would; without one it ends after a while. What keeps it from starting is met by the next call. */
  warm(): void {
    if (this.#closing !== null || this.#calls.size > 0) return;
    const start = () => {
      if (this.#closing !== null) return;
      this.#thread ??= this.#start();
      if (this.#calls.size === 0) this.#rest();
    };
    this.#ended.then(start).catch(() => undefined);
  }

  /** The source with this id has no calls any more: the worker forgets it. */
  leave(reader: number): void {
    this.#thread?.post({ kind: "leave", reader });
  }

  /** Ends the worker; calls under way fail. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#lose("was closed");
    await this.#ended;
  }

  async #send(request: Request): Promise<void> {
    await this.#ended;
    if (!this.#calls.has(request.id)) return;
    this.#thread ??= this.#start();
    this.#thread.post(request);
  }

  /** Throws `WorkerFailed` where the system gives no thread. */
  #start(): GitWorkerThread {
    try {
      const thread = new GitWorkerThread(this.#options, {
        onMessage: (message) => this.#receive(message),
        onEnd: (what) => this.#lose(what, thread),
      });
      return thread;
    } catch (error) {
      const message = `The git worker could not be started (${messageOf(error)}). It is tried again.`;
      throw gitFailure("WorkerFailed", message);
    }
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "discarded":
        this.#options.onDiscarded?.(message.why);
        return;
      case "progress":
        this.#watch(message.id);
        return;
      case "ask":
        void this.#answer(message.id, message.ask);
        return;
      case "done":
        this.#take(message.id)?.resolve(message.result);
        break;
      case "defect":
        this.#take(message.id)?.reject(new Error(`the git worker failed: ${message.message}`));
    }
    if (this.#calls.size === 0) this.#rest();
  }

  async #answer(id: number, ask: Ask): Promise<void> {
    const call = this.#calls.get(id);
    if (call === undefined || call.isGivenUp) return;
    clearTimeout(call.deadline);
    try {
      const known = (await call.options.onAsk?.(ask)) ?? [];
      if (call.isGivenUp) return;
      this.#thread?.post({ kind: "answer", id, known });
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

  /** The call is over: nothing watches it any more. */
  #take(id: number): Call | undefined {
    const call = this.#calls.get(id);
    clearTimeout(call?.deadline);
    this.#calls.delete(id);
    return call;
  }

  /** Ends one call with `reason`, and with it the worker if that has no work for another source. */
  #giveUp(id: number, reason: unknown): void {
    const call = this.#calls.get(id);
    if (call === undefined || call.isGivenUp) return;
    call.reject(reason);
    const isFor = (other: Call) => !other.isGivenUp && other.reader !== call.reader;
    if (this.#thread !== null && [...this.#calls.values()].some(isFor)) {
      // It is watched until the worker is done with it: others may wait for that.
      call.isGivenUp = true;
      this.#watch(id);
      this.#thread.post({ kind: "cancel", id });
      return;
    }
    this.#take(id);
    this.#lose("was ended because another call was given up");
  }

  /** Ends the worker unless a call comes before that. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#closing !== null) return;
    const { keepAliveMs = KEEP_ALIVE_MS } = this.#options;
    this.#idle = setTimeout(() => this.#lose("had nothing to do"), keepAliveMs).unref();
  }

  #lose(what: string, thread = this.#thread): void {
    if (thread !== this.#thread) return;
    clearTimeout(this.#idle);
    this.#thread = null;
    if (thread !== null) this.#ended = thread.end();
    const failure = gitFailure(
      "WorkerFailed",
      `The git worker ${what}. It is restarted at the next try.`,
    );
    for (const id of this.#calls.keys()) this.#take(id)?.reject(failure);
  }
}
