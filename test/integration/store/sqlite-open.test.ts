import { expect } from "chai";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { rejection } from "../../support/rejection.ts";
import { mountTmpfs } from "../../support/tmpfs.ts";

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe("opening a SQLite store", () => {
  let folder: string;
  let file: string;
  const open = (path = folder): Promise<Store> => openSqliteStore({ path, nowMs: () => 0 });
  const writtenOnce = async () => {
    const store = await open();
    await store.write([{ kind: "room", row: aRoomRow({ warnings: manyWarnings() }) }]);
    await store.close();
  };

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "room-operator-open-")), "data");
    file = join(folder, "store.db");
  });

  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  it("makes a folder and files that only their owner may read", async () => {
    const store = await open(join(folder, "deep"));
    await store.write([{ kind: "room", row: aRoomRow() }]);
    expect(modeOf(folder)).to.equal("700");
    expect(modeOf(join(folder, "deep"))).to.equal("700");
    const names = readdirSync(join(folder, "deep")).sort();
    expect(names).to.deep.equal([
      "agent.lock",
      "holder.json",
      "store.db",
      "store.db-shm",
      "store.db-wal",
      "store.db.log.json",
    ]);
    for (const name of names) {
      expect(modeOf(join(folder, "deep", name)), name).to.equal("600");
    }
    await store.close();
  });

  it("refuses a folder that others may write to, with the command that mends it", async () => {
    await writtenOnce();
    for (const mode of [0o777, 0o1777, 0o770]) {
      chmodSync(folder, mode);
      const error = await rejection(open());
      expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
      expect(error.message).to.include(`chmod 700 ${folder}`).and.include("Store.Path");
    }
    chmodSync(folder, 0o700);
    await (await open()).close();
  });

  it("refuses a folder and a store of another user, with the command that mends it", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await writtenOnce();
    for (const path of [folder, file]) {
      chownSync(path, 4711, 4711);
      const error = await rejection(open());
      expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
      expect(error.message).to.include("user 4711").and.include(`chown -R 0 ${path}`);
      chownSync(path, 0, 0);
    }
    await (await open()).close();
  });

  it("takes the rights of others from its own files and leaves foreign ones alone", async () => {
    await writtenOnce();
    writeFileSync(join(folder, "notes.txt"), "x", { mode: 0o644 });
    chmodSync(join(folder, "notes.txt"), 0o644);
    chmodSync(file, 0o666);
    await (await open()).close();
    expect(modeOf(file)).to.equal("600");
    expect(modeOf(join(folder, "notes.txt"))).to.equal("644");
  });

  it("leaves a folder alone that others may only read", async () => {
    await writtenOnce();
    chmodSync(folder, 0o750);
    await (await open()).close();
    expect(modeOf(folder)).to.equal("750");
  });

  it("begins anew over what a start that died left aside", async () => {
    await writtenOnce();
    renameSync(file, `${file}.new`);
    writeFileSync(`${file}.new-journal`, "x");
    const store = await open();
    expect(await store.readRooms()).to.deep.equal([]);
    await store.close();
    expect(readdirSync(folder).sort()).to.deep.equal(["agent.lock", "store.db"]);
  });

  it("refuses a store of a newer agent, and does not touch it", async () => {
    await writtenOnce();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 4711");
    database.close();
    const before = readFileSync(file);
    const error = await rejection(open());
    expect(error).to.include({ name: "OperatorError", code: "StoreTooNew" });
    expect(error.message).to.contain("4711").and.contain(file);
    expect(readFileSync(file).equals(before)).to.equal(true);
  });

  const foreign: readonly { name: string; make: () => void }[] = [
    {
      name: "has no mark of any program",
      make: () => {
        rmSync(file);
        const database = new DatabaseSync(file);
        database.exec("CREATE TABLE mine (a)");
        database.close();
      },
    },
    {
      name: "belongs to another program",
      make: () => {
        const database = new DatabaseSync(file);
        database.exec("PRAGMA application_id = 7");
        database.close();
      },
    },
  ];
  for (const { name, make } of foreign) {
    it(`refuses a database that ${name}, and keeps it`, async () => {
      await writtenOnce();
      make();
      const before = readdirSync(folder).sort();
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const error = await rejection(open());
        expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
        expect(error.message).to.contain(file);
      }
      expect(readdirSync(folder).sort()).to.deep.equal(before);
    });
  }

  it("refuses a folder that is a file", async () => {
    writeFileSync(folder, "");
    const error = await rejection(open());
    expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
    expect(error.message).to.contain(folder);
  });

  it("refuses a read-only disk, new or with a store on it (needs leave to mount)", async function () {
    const disk = mountTmpfs(4_000_000);
    if (disk === null) return this.skip();
    try {
      const used = join(disk.path, "used");
      await (await open(used)).close();
      disk.makeReadOnly();
      for (const path of [used, join(disk.path, "new"), join(disk.path, "new/in/new")]) {
        const error = await rejection(open(path));
        expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
        expect(error.message)
          .to.contain(path)
          .and.match(/read-?only/i);
      }
    } finally {
      disk.unmount();
    }
  });

  it("refuses a full disk and opens once there is space (needs leave to mount)", async function () {
    const disk = mountTmpfs(2_000_000);
    if (disk === null) return this.skip();
    try {
      const filler = join(disk.path, "filler");
      expect(() => writeFileSync(filler, Buffer.alloc(2_100_000))).to.throw("ENOSPC");
      const path = join(disk.path, "data");
      const error = await rejection(open(path));
      expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
      rmSync(filler);
      const store = await open(path);
      await store.write([{ kind: "room", row: aRoomRow() }]);
      await store.close();
    } finally {
      disk.unmount();
    }
  });
});

/** Enough for a row to need pages of its own. */
function manyWarnings() {
  return Array.from({ length: 500 }, (_, index) => ({
    reason: "SpecWarning" as const,
    message: `warning ${index} `.repeat(10),
  }));
}
