import { flushCompileCache } from "node:module";
import { parentPort, type MessagePort } from "node:worker_threads";
import { endOnRequest } from "../../agent/source/git/objects/git-thread-end.ts";
import { GitWorker } from "../../agent/source/git/git-worker.ts";
import type { ToWorker, WorkerStart } from "../../agent/source/git/git-worker-messages.ts";
import { keptParsers } from "./kept-parsers.ts";

/** The first message of a worker's turn; `port` is its own. */
export interface Turn {
  readonly start: WorkerStart;
  readonly port: MessagePort;
}

/** What the port takes beyond the messages of a worker, and answers with once its worker is closed. */
export const LEAVE = "leave";

/** The program of a thread that runs one git worker after the other: see `kept-threads.ts`. */
parentPort?.on("message", ({ start: { settings, ending }, port }: Turn) => {
  endOnRequest(ending);
  const post: ConstructorParameters<typeof GitWorker>[1] = (message, transfer) =>
    port.postMessage(message, transfer ?? []);
  const worker = new GitWorker(settings, post, keptParsers(settings.parse));
  port.on("message", (message: ToWorker | typeof LEAVE) => {
    if (message !== LEAVE) worker.receive(message);
    else void worker.close().then(() => port.postMessage(LEAVE));
  });
});

// For the next process: this thread is ended from outside.
flushCompileCache();
