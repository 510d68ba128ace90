import { expect } from "chai";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { rejection } from "../../support/rejection.ts";

describe("a SQLite store whose file is moved away while it is open", () => {
  let folder: string;
  let file: string;
  let store: Store;
  const log = () => readFileSync(`${file}-wal`);

  beforeEach(async () => {
    // A name that is to be escaped where a file is opened by its address.
    folder = mkdtempSync(join(tmpdir(), "room-operator % ü# moved-"));
    file = join(folder, "store.db");
    store = await openSqliteStore({ path: folder, nowMs: () => Date.UTC(2026, 0, 1) });
    await store.write([{ kind: "roomReleased", roomId: "lab-01" }]);
    copyFileSync(file, `${file}.backup`);
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  for (const { name, put } of [
    { name: "nothing is there", put: () => undefined },
    { name: "a backup is there", put: () => renameSync(`${file}.backup`, file) },
  ]) {
    it(`shows no list, and leaves the log as it is, when ${name}`, async () => {
      const before = log();
      renameSync(file, `${file}.moved`);
      put();
      const there = existsSync(file);
      const error = await rejection(store.readRooms());
      expect(error).to.have.property("code", "StoreUnavailable");
      expect(error).to.have.property("message").that.contains("restart the agent");
      expect(existsSync(file)).to.equal(there);
      expect(log().equals(before)).to.equal(true);
    });
  }
});
