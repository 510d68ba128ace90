import { parentPort, workerData } from "node:worker_threads";
import type { ParsedSpec } from "../spec/room-spec.ts";
import type { ParseAnswer, ParsedFile, ParserStart, ParseTask, ToParser } from "./parse-thread.ts";

/** Answers wait for others for no longer than this, ms, and for the file that is parsed then. */
const HOLD_MS = 20;

export interface Parser {
  readonly parse: (task: ParseTask) => ParsedSpec;
  readonly free: () => void;
}

/** The thread's side: parses the files that it is given and answers in the order they came. A file that kills or stalls the thread is its last. */
export function parseInTurn({ parse, free }: Parser): void {
  const { begun } = workerData as ParserStart;
  const post = (answer: ParseAnswer) => parentPort?.postMessage(answer);
  parentPort?.on("message", (message: ToParser) => {
    if (message === "free") return free();
    let held: ParsedFile[] = [];
    let heldSinceMs = performance.now();
    for (const task of message) {
      const beganAtMs = performance.now();
      if (held.length > 0 && beganAtMs - heldSinceMs > HOLD_MS) {
        post(held);
        held = [];
        heldSinceMs = beganAtMs;
      }
      Atomics.add(begun, 0, 1);
      const parsed = parse(task);
      held.push({ parsed, tookMs: performance.now() - beganAtMs });
    }
    post(held);
  });
  post("ready");
}
