/** What makes the agent take a folder that cannot be read, or changes, for what it is not. */
export const FOLDER_SABOTEURS = [
  {
    name: "a folder that cannot be read counts as empty",
    file: "agent/source/folder/folder-walk.ts",
    text: `if (error instanceof Error && "syscall" in error) throw folderUnreadable(place, error);`,
    replacement: `if (error instanceof Error && "syscall" in error) return;`,
    tests: ["test/integration/source/folder-source.test.ts"],
  },
  {
    name: "a folder that moves while it is listed is believed",
    file: "agent/source/folder/folder-snapshot.ts",
    text: `if (contentOf(all) !== contentOf(again)) throw folderChanging(this.#reading.folder);`,
    replacement: `void again; void contentOf; void folderChanging;`,
    tests: ["test/integration/source/folder-source.test.ts"],
  },
  {
    name: "a seed is read through a link",
    file: "agent/source/folder/folder-seeds.ts",
    text: `if (stat.isSymbolicLink()) {`,
    replacement: `if (stat.isSymbolicLink() && isLast) {`,
    tests: ["test/integration/source/folder-source.test.ts"],
  },
  {
    name: "a watch that failed stays open",
    file: "agent/trigger/kept-folder-watch.ts",
    text: `    this.#then(() => this.#close());`,
    replacement: ``,
    tests: ["test/unit/trigger/kept-folder-watch.test.ts"],
  },
  {
    name: "a watch whose library cannot be loaded has not failed",
    file: "agent/trigger/chokidar-watch.ts",
    text: `unlessStopped(() => failed(error));
    return null;`,
    replacement: `void error;
    return null;`,
    tests: ["test/integration/trigger/unloadable-watch.test.ts"],
  },
  {
    name: "a folder that is not watched is in the log alone",
    file: "agent/trigger/kept-folder-watch.ts",
    text: `warnings.raise("FolderNotWatched", notWatchedText(folder, cause));`,
    replacement: `void warnings; void notWatchedText(folder, cause);`,
    tests: ["test/unit/trigger/kept-folder-watch.test.ts"],
  },
  {
    name: "a link that leads elsewhere is watched where it led",
    file: "agent/trigger/kept-folder-watch.ts",
    text: `if (this.#watch !== null && (await this.#baseNow()) !== this.#base) await this.#reopen();`,
    replacement: `if (this.#watch === null) await this.#reopen();`,
    tests: ["test/unit/trigger/kept-folder-watch.test.ts"],
  },
  {
    name: "a seed that did not settle is not read again",
    file: "agent/source/folder/print-memory.ts",
    text: `isSame && known.readMs - known.seenMs >= SETTLED_MS`,
    replacement: `isSame && known.readMs - known.seenMs >= 0 * SETTLED_MS`,
    tests: ["test/integration/source/folder-seeds.test.ts"],
  },
  {
    name: "a seed that is remembered is not within the quota",
    file: "agent/source/folder/folder-seeds.ts",
    text: `if (!place.quota.take(oid, size)) return`,
    replacement: `if (!("memory" in place) && !place.quota.take(oid, size)) return`,
    tests: ["test/integration/source/folder-seeds.test.ts"],
  },
  {
    name: "a file that lost something is believed at once",
    file: "agent/source/folder/folder-source.ts",
    text: `if (before === null ? !isOther : lossesOf(first, before).length === 0) return first;`,
    replacement: `void lossesOf;
    if (before !== null || !isOther) return first;`,
    tests: ["test/integration/source/folder-losses.test.ts"],
  },
  {
    name: "a file that lost nothing and is always written keeps a folder from being read",
    file: "agent/source/folder/folder-losses.ts",
    text: `return [...paths].filter(`,
    replacement: `return [...paths, ...earlier.keys()].filter(`,
    tests: ["test/integration/source/folder-losses.test.ts"],
  },
  {
    name: "the first reading of a process counts at once",
    file: "agent/source/folder/folder-source.ts",
    text: `const isOther = previous !== null && previous !== first.head;`,
    replacement: `const isOther = previous === "";`,
    tests: ["test/integration/source/folder-losses.test.ts"],
  },
  {
    name: "a source is not shown which head counts",
    file: "agent/trigger/source-look.ts",
    text: `previous: intake.observedHead,`,
    replacement: ``,
    tests: ["test/integration/agent/folder-restart.test.ts"],
  },
];
