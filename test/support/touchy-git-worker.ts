import { parentPort } from "node:worker_threads";
import type { FromWorker, ToWorker } from "../../agent/source/git-worker-messages.ts";

/** Stands in for the git worker: the head of a `settle` says what it does; `readSpecs` never ends. */
const port = parentPort;
const post = (message: FromWorker) => port?.postMessage(message);

port?.on("message", (message: ToWorker) => {
  if (message.kind !== "settle") return;
  const { id, head } = message;
  if (head === "die") process.exit(3);
  if (head === "hang") for (;;) continue;
  if (head === "defect") post({ kind: "defect", id, message: "a bug" });
  if (head === "work") {
    let told = 0;
    const timer = setInterval(() => {
      told += 1;
      post({ kind: "progress", id });
      if (told < 10) return;
      clearInterval(timer);
      post({ kind: "done", id, result: { kind: "settled" } });
    }, 200);
  }
  if (head === "fine") post({ kind: "done", id, result: { kind: "settled" } });
});
