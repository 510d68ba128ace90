import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
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
