import { deflateSync } from "node:zlib";
import { parentPort, workerData } from "node:worker_threads";
import { inflateEntry } from "../../../agent/source/git/objects/git-pack-scan.ts";
import { endIfAsked, endOnRequest } from "../../../agent/source/git/objects/git-thread-end.ts";
import type {
  FromWorker,
  ToWorker,
  WorkerStart,
} from "../../../agent/source/git/git-worker-messages.ts";

/** Stands in for the git worker: the head of a `settle` says what it does; `readSpecs` never ends. */
endOnRequest((workerData as WorkerStart).ending);
const asleep = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const port = parentPort;
const post = (message: FromWorker) => port?.postMessage(message);

/** Inflates and reads no message meanwhile, without end. */
function inflate(): never {
  const text = Buffer.from("a spec");
  const entry = { size: text.length, dataStart: 0, baseDistance: 0, baseOid: "" };
  const deflated = deflateSync(text);
  for (;;) inflateEntry(deflated, { ...entry, kind: "blob" });
}

port?.on("message", (message: ToWorker) => {
  if (message.kind === "end") endIfAsked();
  if (message.kind !== "settle") return;
  const { id, head } = message;
  if (head === "die") process.exit(3);
  if (head === "hang" || head === "inflate") post({ kind: "progress", id });
  // It reads no message, and uses next to no processor meanwhile.
  if (head === "hang") for (;;) Atomics.wait(asleep, 0, 0, 20);
  if (head === "inflate") inflate();
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
