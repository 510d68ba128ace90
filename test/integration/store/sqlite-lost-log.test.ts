import { expect } from "chai";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { ChildLines } from "./child-lines.ts";

const CHILD = join(import.meta.dirname, "store-child.ts");

describe("the log of a SQLite store killed in the middle", () => {
  let folder: string;
  let file: string;
  const open = () => openSqliteStore({ path: folder, nowMs: () => Date.UTC(2026, 0, 1) });
  const remove = (...ends: readonly string[]) => ends.forEach((end) => rmSync(`${file}${end}`));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-log-"));
    file = join(folder, "store.db");
    const child = new ChildLines(CHILD, ["writing", folder]);
    try {
      await child.said(5);
    } finally {
      await child.kill();
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  for (const { name, ends } of [
    { name: "alone", ends: ["-wal"] },
    { name: "with its index", ends: ["-wal", "-shm"] },
  ]) {
    it(`is missed when it was removed ${name}: the agent only observes`, async () => {
      remove(...ends);
      const store = await open();
      expect(await store.readObserveOnly()).to.have.property("reason", "StoreDamaged");
      expect((await store.readObserveOnly())?.message).to.contain("its log was removed");
      await store.close();
    });
  }

  it("is missed by nobody when it is there", async () => {
    const store = await open();
    expect(await store.readObserveOnly()).to.equal(null);
    expect(await store.readRoomIds()).to.include("batch-0");
    await store.close();
  });

  it("is missed by nobody when somebody's own tool brought it into the file", async () => {
    const database = new DatabaseSync(file);
    expect(database.prepare("SELECT count(*) AS n FROM room").get()).to.not.deep.equal({ n: 0 });
    database.close();
    expect(existsSync(`${file}-wal`)).to.equal(false);
    const store = await open();
    expect(await store.readObserveOnly()).to.equal(null);
    expect(await store.readRoomIds()).to.include("batch-0");
    await store.close();
  });

  it("is missed by nobody after a clean end", async () => {
    await (await open()).close();
    expect(existsSync(`${file}.log.json`)).to.equal(false);
    const store = await open();
    expect(await store.readObserveOnly()).to.equal(null);
    await store.close();
  });
});
