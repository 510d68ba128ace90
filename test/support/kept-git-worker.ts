import { flushCompileCache } from "node:module";
import { parentPort, type MessagePort } from "node:worker_threads";
import { ParsePool } from "../../agent/source/parse-pool.ts";
import { endOnRequest } from "../../agent/source/git/objects/git-thread-end.ts";
import { GitWorker } from "../../agent/source/git/git-worker.ts";
import type {
  CloneSettings,
  ToWorker,
  WorkerStart,
} from "../../agent/source/git/git-worker-messages.ts";

/** The first message of a worker's turn; `port` is its own. */
export interface Turn {
  readonly start: WorkerStart;
  readonly port: MessagePort;
}

/** What the port takes beyond the messages of a worker, and answers with once its worker is closed. */
export const LEAVE = "leave";

/** Parser threads that outlive the session. */
class KeptParsers extends ParsePool {
  override async close(): Promise<void> {
    // Kept.
  }
}

/** The program of a thread that runs one git worker after the other: see `kept-threads.ts`. */
const parsers = new Map<string, ParsePool>();

function parsersOf({ parse }: CloneSettings): ParsePool {
  const key = JSON.stringify(parse);
  const found = parsers.get(key) ?? new KeptParsers(parse);
  parsers.set(key, found);
  return found;
}

parentPort?.on("message", ({ start: { settings, ending }, port }: Turn) => {
  endOnRequest(ending);
  const post: ConstructorParameters<typeof GitWorker>[1] = (message, transfer) =>
    port.postMessage(message, transfer ?? []);
  const worker = new GitWorker(settings, post, parsersOf(settings));
  port.on("message", (message: ToWorker | typeof LEAVE) => {
    if (message !== LEAVE) worker.receive(message);
    else void worker.close().then(() => port.postMessage(LEAVE));
  });
});

// For the next process: this thread is ended from outside.
flushCompileCache();
