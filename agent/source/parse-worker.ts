import { flushCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";
import { parseSpec } from "../spec/parse-spec.ts";
import type { ParseTask } from "./parse-thread.ts";

/** Parses one spec file per message and answers in the order they came. A file that kills or stalls this thread is its last. */
parentPort?.on("message", ({ bytes, roomIdPattern, ...options }: ParseTask) => {
  const parsed = parseSpec(bytes, { ...options, roomIdPattern: new RegExp(roomIdPattern) });
  parentPort?.postMessage(parsed);
});

parentPort?.postMessage("ready");

// This thread is ended from outside, and would leave nothing of its compiled code for the next one.
flushCompileCache();
