import { watch } from "chokidar";
import { messageOf } from "../kernel/errors.ts";
import { Burst } from "./burst.ts";
import type { Watching, WatchedFolder } from "./folder-watch.ts";

/** Folders in which no spec is looked for. They may be large. */
const SKIPPED = /[/\\](?:\.git|node_modules)(?:[/\\]|$)/i;

/** Watches a folder by chokidar. Its seeds may be outside of `path`, so all of it is watched. */
export function watchWithChokidar({ folder, clock, wake, log }: WatchedFolder): Watching {
  const burst = new Burst(clock, wake);
  const below = (path: string) => path.slice(folder.length);
  const watcher = watch(folder, {
    ignored: (path) => path.startsWith(folder) && SKIPPED.test(below(path)),
    followSymlinks: false,
    ignoreInitial: true,
    ignorePermissionErrors: true,
  });
  let reported = false;
  watcher.on("all", () => burst.event());
  watcher.on("error", (error) => {
    if (!reported) log.warn({ error, detail: messageOf(error) }, "folder is not watched");
    reported = true;
  });
  return {
    stop: async () => {
      burst.stop();
      await watcher.close();
    },
  };
}
