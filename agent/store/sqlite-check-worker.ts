import { parentPort, workerData } from "node:worker_threads";
import { OperatorError } from "../kernel/errors.ts";
import { checkFully, checkStore, checkUsedStore } from "./sqlite-check.ts";
import type { CheckAnswer, CheckTask } from "./sqlite-check-thread.ts";

/** The thread of `startCheck`: looks once and says what it found. */
function main({ file, task }: CheckTask): CheckAnswer {
  try {
    if (task === "start") return { kind: "usable", depth: checkStore(file) };
    if (task === "look") return { kind: "usable", depth: checkUsedStore(file) };
    checkFully(file);
    return { kind: "usable", depth: "full" };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { code, message, data } = error;
    return { kind: "refused", code, message, data };
  }
}

parentPort?.postMessage(main(workerData as CheckTask));
