import { parentPort } from "node:worker_threads";
import type { ToParser } from "../../../agent/source/parse-thread.ts";

/** Stands in for the parser: a file's text says what it does to the thread. `sleep 100` uses no processor time for so many ms; `freed` has it answer how often it was to free memory. */
const seen = new Int32Array(new SharedArrayBuffer(4));

let freed = 0;

parentPort?.on("message", (message: ToParser) => {
  if (message === "free") {
    freed += 1;
    return;
  }
  const { bytes, path } = message;
  const text = Buffer.from(bytes).toString();
  if (text === "die") process.exit(3);
  if (text === "hang") for (;;) seen[0] = 1;
  if (text.startsWith("sleep")) Atomics.wait(seen, 0, 0, Number(text.slice("sleep ".length)));
  if (text === "throw") throw new Error("not caught");
  if (text === "hoard") {
    const hoard: string[][] = [];
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => `${path} ${index}`));
  }
  const roomId = text === "freed" ? `freed ${freed}` : path;
  parentPort?.postMessage({ kind: "invalid", roomId, errors: [], warnings: [] });
});
parentPort?.postMessage("ready");
