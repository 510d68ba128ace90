import { Worker } from "node:worker_threads";
import { ParsePool } from "../../agent/source/parse-pool.ts";
import type { ParsePoolOptions } from "../../agent/source/parse-thread.ts";

/** Parser threads that outlive a source. */
class KeptParsers extends ParsePool {
  override async close(): Promise<void> {
    // Kept.
  }
}

const kept = new Map<string, ParsePool>();

/** The same threads for each source with the same options: starting one costs more than most tests. They keep no process alive. */
export function keptParsers(options: ParsePoolOptions): ParsePool {
  const key = JSON.stringify(options);
  const found = kept.get(key) ?? new KeptParsers({ ...options, startThread: startUnref });
  kept.set(key, found);
  return found;
}

function startUnref(...given: ConstructorParameters<typeof Worker>): Worker {
  const worker = new Worker(...given);
  // Its start makes it one that keeps the process alive again.
  worker.once("online", () => worker.unref());
  return worker;
}
