import { flushCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";
import { parseSpec } from "../spec/parse-spec.ts";
import type { ToParser } from "./parse-thread.ts";

let pattern = /^$/;

/** A thread has one source, or a few with the same pattern. */
function patternOf(source: string): RegExp {
  if (pattern.source !== source) pattern = new RegExp(source);
  return pattern;
}

/** Parses one spec file per message and answers in the order they came. A file that kills or stalls this thread is its last. */
parentPort?.on("message", (message: ToParser) => {
  if (message === "free") {
    // This flavor alone gives memory back. There is no such function where Node was started without `--expose-gc`.
    globalThis.gc?.({ type: "major", flavor: "last-resort" });
    return;
  }
  const { bytes, roomIdPattern, ...options } = message;
  const parsed = parseSpec(bytes, { ...options, roomIdPattern: patternOf(roomIdPattern) });
  parentPort?.postMessage(parsed);
});

parentPort?.postMessage("ready");

// This thread is ended from outside, and would leave nothing of its compiled code for the next one.
flushCompileCache();
