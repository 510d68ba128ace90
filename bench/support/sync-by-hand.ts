import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

/*
 * `sync-by-hand.ts URL FOLDER`: what a first sync is at the least, as a short program of its own. It clones by `git clone`, reads
 * each spec of the checkout, parses them with `yaml` in two threads, and prints how many there were.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [url = "", folder = ""] = positionals;
// The threads start while git works.
const threads = [0, 1].map(() => new Worker(new URL("./yaml-worker.ts", import.meta.url)));
execFileSync("git", ["clone", "--quiet", "--depth=1", url, folder]);
const texts = globSync("**/*.room.yaml", { cwd: folder }).map((path) =>
  readFileSync(join(folder, path), "utf8"),
);
const middle = texts.length >> 1;
const halves = [texts.slice(0, middle), texts.slice(middle)];
await Promise.all(threads.map((thread, index) => parsed(thread, halves[index] ?? [])));
await Promise.all(threads.map((thread) => thread.terminate()));
console.log(texts.length);

function parsed(thread: Worker, half: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once("message", () => resolve());
    thread.once("error", reject);
    thread.postMessage(half);
  });
}
