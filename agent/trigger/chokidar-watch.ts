import type { WatchFolder } from "./folder-watch.ts";

/** Folders in which no spec is looked for. They may be large. */
const SKIPPED = /[/\\](?:\.git|node_modules)(?:[/\\]|$)/i;

/** Watches a folder by chokidar. */
export const watchWithChokidar: WatchFolder = (folder, { changed, ready, failed }) => {
  let isStopped = false;
  const unlessStopped = (call: () => void) => {
    if (!isStopped) call();
  };
  const below = (path: string) => path.slice(folder.length);
  const begin = async () => {
    // Loaded when there is a folder to watch.
    const { watch } = await import("chokidar");
    const watcher = watch(folder, {
      ignored: (path) => path.startsWith(folder) && SKIPPED.test(below(path)),
      followSymlinks: false,
      ignoreInitial: true,
      ignorePermissionErrors: true,
    });
    watcher.on("all", () => unlessStopped(changed));
    watcher.on("ready", () => unlessStopped(ready));
    watcher.on("error", (error) => unlessStopped(() => failed(error)));
    return watcher;
  };
  const watching = begin().catch((error: unknown) => {
    unlessStopped(() => failed(error));
    return null;
  });
  return {
    stop: async () => {
      isStopped = true;
      await (await watching)?.close();
    },
  };
};
