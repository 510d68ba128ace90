import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreWrite } from "../../../agent/store/open-store.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { rejection } from "../../support/rejection.ts";

describe("a SQLite store whose lock file is removed or replaced while it is open", () => {
  let path: string;
  let lockFile: string;
  let store: Store;
  let writes: StoreWrite[];
  const open = (onWrite?: (write: StoreWrite) => void) =>
    openSqliteStore({
      path,
      nowMs: () => Date.UTC(2026, 0, 1),
      ...(onWrite === undefined ? {} : { onWrite }),
    });
  const write = (one = store) => one.write([{ kind: "room", row: aRoomRow() }]);

  beforeEach(async () => {
    path = mkdtempSync(join(tmpdir(), "room-operator-lock-lost-"));
    lockFile = join(path, "agent.lock");
    writes = [];
    store = await open((one) => writes.push(one));
    await write();
  });

  afterEach(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });

  it("refuses to write, says what to do, and still reads when the file is gone", async () => {
    rmSync(lockFile);
    const error = await rejection(write());
    expect(error).to.include({ name: "OperatorError", code: "StoreUnavailable" });
    for (const named of [path, "agent.lock", "removed or replaced", "restart this agent"]) {
      expect(error.message).to.include(named);
    }
    expect(await rejection(store.sweep(0)), "a sweep").to.include({ code: "StoreUnavailable" });
    expect(await store.readRooms()).to.have.length(1);
  });

  it("writes again when the same file is put back", async () => {
    renameSync(lockFile, `${lockFile}.away`);
    expect(await rejection(write())).to.include({ code: "StoreUnavailable" });
    renameSync(`${lockFile}.away`, lockFile);
    await store.write([{ kind: "roomReleased", roomId: "lab-01" }]);
  });

  it("reports it as a failed write before anything is written", async () => {
    await store.checkWritable();
    expect(writes.map(({ ok }) => ok)).to.deep.equal([true]);
    rmSync(lockFile);
    const error = await rejection(store.checkWritable());
    expect(error).to.include({ code: "StoreUnavailable" });
    expect(writes.slice(1)).to.deep.equal([{ ok: false, message: error.message, durationMs: 0 }]);
  });

  it("leaves the folder to the agent that locked it since, whose files it keeps at its end", async () => {
    rmSync(lockFile);
    const other = await open();
    await other.write([{ kind: "roomReleased", roomId: "lab-01" }]);
    expect(await rejection(write())).to.include({ code: "StoreUnavailable" });
    const [holder, mark] = ["holder.json", "store.db.log.json"].map((name) => join(path, name));
    const before = [holder, mark].map((file) => readFileSync(file ?? "", "utf8"));
    await store.close();
    expect([holder, mark].map((file) => readFileSync(file ?? "", "utf8"))).to.deep.equal(before);
    await other.write([{ kind: "roomReleased", roomId: "lab-01" }]);
    await other.close();
    expect(existsSync(holder ?? "")).to.equal(false);
  });
});
