import { isMainThread } from "node:worker_threads";

/** Loaded by a program that root starts: from then on it is nobody, whom permissions concern. */
const NOBODY = 65_534;

if (isMainThread && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
