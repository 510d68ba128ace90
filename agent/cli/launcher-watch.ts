import { workerData } from "node:worker_threads";

/*
 * A worker that ends the process when its launcher is gone and the main thread, which should have stopped by itself, has
 * not. It runs on a thread of its own, so a blocked main thread does not block it.
 */

const LOOK_EVERY_MS = 500;
const KILL_AFTER_MS = 10_000;

const launcher = workerData as number;

const looking = setInterval(() => {
  if (process.ppid === launcher) return;
  clearInterval(looking);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), KILL_AFTER_MS);
}, LOOK_EVERY_MS);
