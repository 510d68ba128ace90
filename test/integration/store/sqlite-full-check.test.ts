import { expect } from "chai";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { checkFully } from "../../../agent/store/sqlite-check.ts";
import { FullCheck } from "../../../agent/store/sqlite-full-check.ts";

describe("a full check that cannot be carried out", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "full-check-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const starts: readonly (readonly [string, (() => Worker) | undefined, RegExp])[] = [
    [
      "the system gives no thread",
      () => {
        throw new Error("ERR_WORKER_INIT_FAILED");
      },
      /ERR_WORKER_INIT_FAILED/,
    ],
    [
      "the thread ends early",
      () => new Worker("throw new Error('out of memory')", { eval: true }),
      /out of memory/,
    ],
    ["the file cannot be opened", undefined, /unable to open|no such file/i],
  ];
  for (const [why, start, words] of starts) {
    it(`is reported, and finds no damage: ${why}`, async () => {
      const failures: string[] = [];
      const damage: string[] = [];
      const check = new FullCheck({
        file: join(folder, "none", "store.db"),
        onDamage: (found) => damage.push(found),
        onFailed: (error) => failures.push(String(error)),
        ...(start === undefined ? {} : { start }),
      });
      await check.ended;
      expect(damage).to.deep.equal([]);
      expect(failures).to.have.length(1);
      expect(failures[0]).to.match(words);
      await check.stop();
    });
  }
});

describe("a full check of a store that is in use", () => {
  it("reads by the rules of those who write, though the log is empty", () => {
    const folder = mkdtempSync(join(tmpdir(), "full-check-"));
    const file = join(folder, "store.db");
    const writer = new DatabaseSync(file);
    try {
      writer.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
      writer.exec("CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE)");
      expect(statSync(`${file}-wal`).size).to.equal(0);
      // One that takes the file for unused would not ask for the lock.
      expect(() => checkFully(file)).to.throw(/locked/);
    } finally {
      writer.close();
      rmSync(folder, { recursive: true });
    }
  });
});
