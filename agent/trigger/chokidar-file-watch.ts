import { dirname } from "node:path";
import { messageOf } from "../kernel/errors.ts";
import { Burst } from "./burst.ts";
import type { WatchedFile, OpenWatch } from "./folder-watch.ts";

/**
 * Watches a file by chokidar, and what stands next to it: an editor puts another file in its place, and Kubernetes another
 * folder behind the symlink `..data` that a mounted file leads through. `wake` may be called without need.
 */
export function watchFileWithChokidar({ file, clock, wake, log }: WatchedFile): OpenWatch {
  const burst = new Burst(clock, wake);
  let reported = false;
  const report = (error: unknown) => {
    if (!reported) log.warn({ file, detail: messageOf(error) }, "file is not watched");
    reported = true;
  };
  const begin = async () => {
    // Loaded when the agent is up already.
    const { watch } = await import("chokidar");
    // A symlink is watched both as itself and as the file it leads to.
    const options = { depth: 0, ignoreInitial: true, ignorePermissionErrors: true } as const;
    const watchers = [
      watch(file, options),
      watch(dirname(file), { ...options, followSymlinks: false }),
    ];
    for (const watcher of watchers) {
      watcher.on("all", () => burst.event());
      watcher.on("error", report);
    }
    return watchers;
  };
  const watching = begin().catch((error: unknown) => {
    report(error);
    return [];
  });
  return {
    stop: async () => {
      burst.stop();
      await Promise.all((await watching).map((watcher) => watcher.close()));
    },
  };
}
