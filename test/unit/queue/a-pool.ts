import type { PassEnding } from "../../../agent/queue/pass-ending.ts";
import { WorkerPool, type Turn, type WorkerPoolOptions } from "../../../agent/queue/worker-pool.ts";
import { aQueue } from "./work-queue.ts";

export interface Pass {
  readonly key: string;
  readonly priority: string;
  readonly turn: Turn;
  readonly end: (ending: PassEnding) => void;
  readonly fail: (error: unknown) => void;
}

/** A pool whose passes end when the test says so. */
export function aPool(workers: number) {
  const { queue, clock, backoff } = aQueue();
  const passes: Pass[] = [];
  const errors: { error: unknown; key: string }[] = [];
  const handle: WorkerPoolOptions["handle"] = (key, priority, turn) =>
    new Promise((end, fail) => {
      passes.push({ key, priority, turn, end, fail });
    });
  const pool = new WorkerPool({
    queue,
    workers,
    handle,
    onError: (error, key) => errors.push({ error, key }),
  });
  const keys = () => passes.map((pass) => pass.key);
  return { pool, queue, clock, backoff, passes, keys, errors };
}
