import { parentPort } from "node:worker_threads";
import type { ParseTask } from "../../../agent/source/parse-thread.ts";

/** Stands in for the parser: a file's text says what it does to the thread. `sleep 100` uses no processor time for so many ms. */
const seen = new Int32Array(new SharedArrayBuffer(4));

parentPort?.on("message", ({ bytes, path }: ParseTask) => {
  const text = Buffer.from(bytes).toString();
  if (text === "die") process.exit(3);
  if (text === "hang") for (;;) seen[0] = 1;
  if (text.startsWith("sleep")) Atomics.wait(seen, 0, 0, Number(text.slice("sleep ".length)));
  if (text === "throw") throw new Error("not caught");
  if (text === "hoard") {
    const hoard: string[][] = [];
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => `${path} ${index}`));
  }
  parentPort?.postMessage({ kind: "invalid", roomId: path, errors: [], warnings: [] });
});
parentPort?.postMessage("ready");
