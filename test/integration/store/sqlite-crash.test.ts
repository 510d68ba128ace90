import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { ChildLines } from "./child-lines.ts";
import { AUDIT_PER_BATCH } from "./store-child.ts";

const CHILD = join(import.meta.dirname, "store-child.ts");

/** How much of batch `number` is there: 0 for none of it, 1 for all of it, anything else for a broken promise. */
async function partOf(store: Store, number: number): Promise<number> {
  const name = `batch-${number}`;
  const intents = await store.readOpenIntents();
  const found =
    intents.filter((row) => row.id === name).length +
    (await store.readAudit({ count: 99, correlationId: name })).length +
    (await store.readHistory(name)).length +
    ((await store.readRoom(name)) === null ? 0 : 1);
  return found / (AUDIT_PER_BATCH + 3);
}

describe("a SQLite store killed while it writes", () => {
  for (const afterLines of [2, 40, 301]) {
    it(`has every batch it said was written, and no half one (after ${afterLines} lines)`, async () => {
      const path = mkdtempSync(join(tmpdir(), "room-operator-crash-"));
      try {
        const child = new ChildLines(CHILD, ["writing", path]);
        try {
          await child.said(afterLines);
        } finally {
          await child.kill();
        }
        const [first, ...said] = child.lines;
        expect(first).to.equal("open");
        const written = new Set(said.map(Number));
        const last = Math.max(...written);
        const store = await openSqliteStore({ path, nowMs: () => 0 });
        for (let number = 0; number <= last + 6; number += 1) {
          const part = await partOf(store, number);
          const wanted = written.has(number) ? [1] : [0, 1];
          expect(part, `batch ${number}`).to.be.oneOf(wanted);
        }
        await store.close();
      } finally {
        rmSync(path, { recursive: true });
      }
    });
  }
});
