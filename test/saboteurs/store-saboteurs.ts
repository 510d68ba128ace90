import type { Saboteur } from "./saboteur.ts";

/** How rows are written and read, made wrong. */
export const STORE_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a start opens what is a folder next to its store",
    file: "agent/store/regular-files.ts",
    text: "stat === undefined || stat.isFile()",
    replacement: "stat === undefined || stat.isFile() || stat.isDirectory()",
    tests: ["test/integration/store/look-at-store.test.ts"],
  },
  {
    name: "the log of an empty store is lost to the look that finds it empty",
    file: "agent/store/sqlite-check.ts",
    text: `if (statOf(file)?.size === 0) throw`,
    replacement: `if ((statOf(file)?.size ?? 0) < 0) throw`,
    tests: ["test/integration/store/look-at-store.test.ts"],
  },
  {
    name: "a store in use is checked as if nothing wrote it",
    file: "agent/store/sqlite-check.ts",
    text: "withReader(file, pathToFileURL(file), (database) => checkPages",
    replacement: "withReader(file, unusedFile(file), (database) => checkPages",
    tests: ["test/integration/store/sqlite-full-check.test.ts"],
  },
  {
    name: "what a room had before counts as its head",
    file: "agent/store/room-document.ts",
    text: `if (sameJson(stored[name], shared[name])) stored[name] = AS_HEAD;`,
    replacement: `if (name in stored && sameJson(value, value)) stored[name] = AS_HEAD;`,
    tests: ["test/unit/store/row-documents.test.ts"],
  },
  {
    name: "a record is written as one of another room",
    file: "agent/store/sqlite-audit.ts",
    text: `one.metadata.room === other.metadata.room`,
    replacement: `one.type === other.type`,
    tests: ["test/unit/store/sqlite-audit.test.ts"],
  },
  {
    name: "a room is read as a group that was undone left it",
    file: "agent/store/sqlite-group-commit.ts",
    text: `const { database, onRollback } = this.#options;
    onRollback();`,
    replacement: `const { database } = this.#options;`,
    tests: ["test/integration/store/sqlite-room-rows.test.ts"],
  },
  {
    name: "a room is read as a batch that failed left it",
    file: "agent/store/sqlite-group-commit.ts",
    text: `      this.#options.onRollback();
`,
    replacement: ``,
    tests: ["test/integration/store/sqlite-room-rows.test.ts"],
  },
  {
    name: "a room that was forgotten is read",
    file: "agent/store/sqlite-changes.ts",
    text: `    this.#rooms.delete(roomId);
`,
    replacement: ``,
    tests: ["test/integration/store/sqlite-room-rows.test.ts"],
  },
  {
    name: "an intent outlasts its end",
    file: "agent/store/sqlite-changes.ts",
    text: `this.#run("DELETE FROM intent WHERE id = ?", [change.id]);`,
    replacement: `this.#run("UPDATE intent SET state = ? WHERE id = ?", [change.state, change.id]);`,
    tests: ["test/integration/store/sqlite-commits.test.ts"],
  },
  {
    name: "the log of a store that was moved away is cut",
    file: "agent/store/sqlite-log-trim.ts",
    text: `if (isWorthIt && isSame && `,
    replacement: `if (isWorthIt && isSame !== null && `,
    tests: ["test/integration/store/sqlite-log-trim.test.ts"],
  },
  {
    name: "a list is read from the file that took the place of a store's",
    file: "agent/store/sqlite-readers.ts",
    text: `this.#checkFile();`,
    replacement: ``,
    tests: ["test/integration/store/sqlite-moved.test.ts"],
  },
  {
    name: "an agent writes although its lock file was removed",
    file: "agent/store/sqlite-file-guard.ts",
    text: `    this.#lock.check();
`,
    replacement: ``,
    tests: [
      "test/integration/store/sqlite-lock-lost.test.ts",
      "test/integration/agent/lost-lock.test.ts",
    ],
  },
  {
    name: "a lock file counts as the agent's own when another one made it",
    file: "agent/store/sqlite-lock.ts",
    text: `return found !== null && found.ino === inode;`,
    replacement: `return found !== null || inode === undefined;`,
    tests: ["test/integration/store/sqlite-lock-lost.test.ts"],
  },
  {
    name: "an agent that lost its lock removes the name of the one that has it",
    file: "agent/store/sqlite-lock.ts",
    text: `if (isOurs()) removeHolder(folder);`,
    replacement: `removeHolder(folder);`,
    tests: ["test/integration/store/sqlite-lock-lost.test.ts"],
  },
  {
    name: "an agent that lost its lock removes the mark of the other one's log",
    file: "agent/store/sqlite-file-guard.ts",
    text: `if (this.#lock.isOurs()) this.#mark.forget();`,
    replacement: `this.#mark.forget();`,
    tests: ["test/integration/store/sqlite-lock-lost.test.ts"],
  },
  {
    name: "an idle agent does not notice that its lock file was removed",
    file: "agent/run/maintenance.ts",
    text: `else await store.checkWritable().catch(() => undefined);`,
    replacement: `else await Promise.resolve(store);`,
    tests: ["test/unit/run/maintenance.test.ts"],
  },
  {
    name: "the log of an idle store stays",
    file: "agent/store/sqlite-log-trim-worker.ts",
    text: `database.exec("PRAGMA wal_checkpoint(TRUNCATE)");`,
    replacement: ``,
    tests: ["test/integration/store/sqlite-log-trim.test.ts"],
  },
  {
    name: "a room of another shape is read",
    file: "agent/store/sqlite-rows.ts",
    text: `  if (wrong !== null) throw storeDamaged(file, otherShape("room", wrong));
`,
    replacement: ``,
    tests: ["test/integration/store/sqlite-shapes.test.ts"],
  },
  {
    name: "a clone with a broken HEAD counts as one",
    file: "agent/source/git/git-clone-folder.ts",
    text: `return isRepository && config`,
    replacement: `return isRepository !== null && config`,
    tests: ["test/integration/source/git-clone-folder.test.ts"],
  },
];
