import { flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { endOnRequest } from "./objects/git-thread-end.ts";
import { GitWorker } from "./git-worker.ts";
import type { ToWorker, WorkerStart } from "./git-worker-messages.ts";
// What a fetch needs is compiled with the rest, and so kept with it for the next thread.
import "./wire/smart-http-fetch.ts";
import "./wire/git-upload-pack.ts";

/** The program of the git worker's thread. */
const port = parentPort;
if (port !== null) {
  const { settings, ending } = workerData as WorkerStart;
  endOnRequest(ending);
  const worker = new GitWorker(settings, (message, transfer) =>
    port.postMessage(message, transfer),
  );
  port.on("message", (message: ToWorker) => worker.receive(message));
  // A thread that is terminated later would leave none of its compiled code for the next one.
  flushCompileCache();
}
