import { parentPort, workerData } from "node:worker_threads";
import { checkFully } from "./sqlite-check.ts";
import { damageOf } from "./sqlite-errors.ts";
import type { Checked } from "./sqlite-full-check.ts";

/** The worker of `FullCheck`: looks once and says what it found. */
function main(file: string): Checked {
  try {
    checkFully(file);
    return { found: null };
  } catch (error) {
    return { found: damageOf(error) };
  }
}

parentPort?.postMessage(main(String(workerData)));
