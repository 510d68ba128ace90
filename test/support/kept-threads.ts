import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import type { WorkerOptions } from "node:worker_threads";
import { shareClones } from "../../agent/source/git/git-clones.ts";
import type {
  FromWorker,
  ToWorker,
  WorkerStart,
} from "../../agent/source/git/git-worker-messages.ts";
import type { StartThread, Thread } from "../../agent/source/git/git-worker-thread.ts";
import type { OpenSource } from "../../agent/source/open-source.ts";
import { LEAVE, type Turn } from "./kept-git-worker.ts";

/** Idle threads, by the limits they were started with. More are ended. */
const idle = new Map<string, Worker[]>();
const MOST_IDLE = 4;

/**
 * Starts threads of the git worker as the agent does, but keeps one that has nothing to do when it is asked to end, for the next
 * worker: starting one costs more than most tests. A thread that is ended in the middle of its work does end.
 */
export const keptThreads: StartThread = (_program, options) => {
  const key = JSON.stringify(options.resourceLimits);
  const waiting = idle.get(key) ?? [];
  idle.set(key, waiting);
  const worker = waiting.pop() ?? startWorker(options);
  return new KeptThread(worker, options.workerData as WorkerStart, () => {
    worker.unref();
    if (idle.get(key)?.push(worker) === MOST_IDLE + 1) void idle.get(key)?.shift()?.terminate();
  });
};

const open = shareClones();

/** A git source whose worker runs in such a thread. */
export const openKeptSource: OpenSource = (options) =>
  open({ ...options, startThread: keptThreads });

function startWorker({ resourceLimits, stdout }: WorkerOptions): Worker {
  const program = new URL("./kept-git-worker.ts", import.meta.url);
  const worker = new Worker(program, {
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    stdout: stdout === true,
  });
  worker.on("error", () => undefined);
  // One that dies while it is idle is not handed out.
  worker.on("exit", () => {
    for (const [key, workers] of idle)
      idle.set(
        key,
        workers.filter((each) => each !== worker),
      );
  });
  return worker;
}

/** What ends soon by itself is waited for so long, ms. */
const PATIENCE_MS = 250;
const SHORT: readonly ToWorker["kind"][] = ["settle", "tend"];
/** What no answer is given to. */
const ASIDE: readonly ToWorker["kind"][] = ["answer", "cancel", "leave"];

/** One worker's turn in a thread: to its owner it is a thread of its own. */
class KeptThread extends EventEmitter implements Thread {
  /** Reading the thread's own would keep this process alive. */
  readonly stdout = Readable.from([]);
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #keep: () => void;
  /** Kinds of the requests that have no answer, by id. */
  readonly #open = new Map<number, ToWorker["kind"]>();
  #ending: NodeJS.Timeout | undefined;

  constructor(worker: Worker, start: WorkerStart, keep: () => void) {
    super();
    this.#worker = worker;
    this.#keep = keep;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", (message: FromWorker | typeof LEAVE) => this.#receive(message));
    worker.on("error", this.#onError);
    worker.on("exit", this.#onExit);
    worker.ref();
    worker.postMessage({ start, port: port2 } satisfies Turn, [port2]);
  }

  postMessage(message: ToWorker): void {
    if (message.kind === "end") {
      const isShort = [...this.#open.values()].every((kind) => SHORT.includes(kind));
      this.#ending = setTimeout(() => this.#port.postMessage(message), isShort ? PATIENCE_MS : 0);
      this.#leaveIfIdle();
      return;
    }
    if (!ASIDE.includes(message.kind) && "id" in message) this.#open.set(message.id, message.kind);
    this.#port.postMessage(message);
  }

  terminate(): Promise<number> {
    return this.#worker.terminate();
  }

  #receive(message: FromWorker | typeof LEAVE): void {
    if (message === LEAVE) {
      this.#leave();
      this.#keep();
      this.emit("exit", 0);
      return;
    }
    this.emit("message", message);
    if (message.kind !== "done" && message.kind !== "defect") return;
    this.#open.delete(message.id);
    if (this.#ending !== undefined) this.#leaveIfIdle();
  }

  readonly #onError = (error: Error) => {
    this.emit("error", error);
  };

  readonly #onExit = (code: number) => {
    this.#leave();
    this.emit("exit", code);
  };

  #leaveIfIdle(): void {
    if (this.#open.size > 0) return;
    clearTimeout(this.#ending);
    this.#port.postMessage(LEAVE);
  }

  #leave(): void {
    clearTimeout(this.#ending);
    this.#port.close();
    this.#worker.off("error", this.#onError);
    this.#worker.off("exit", this.#onExit);
  }
}
