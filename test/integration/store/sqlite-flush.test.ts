import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTick } from "node:timers/promises";
import { GroupCommit } from "../../../agent/store/sqlite-group-commit.ts";
import { LogFlush } from "../../../agent/store/sqlite-log-flush.ts";
import type { StoreChange } from "../../../agent/store/store.ts";
import { rejection } from "../../support/rejection.ts";

const change = (name: string): StoreChange => ({ kind: "fileGone", source: "main", path: name });

/** A disk that takes what it is given when it is told to. */
class SlowDisk {
  readonly flushes: { done: () => void; fail: (error: Error) => void }[] = [];

  flush(): Promise<void> {
    return new Promise((resolve, reject) => this.flushes.push({ done: resolve, fail: reject }));
  }

  /** Waits until the flush of this number is asked for. */
  async asked(count: number): Promise<void> {
    while (this.flushes.length < count) await nextTick();
  }
}

describe("the flush after a commit", () => {
  let disk: SlowDisk;
  let applied: string[];
  let commits: GroupCommit;

  beforeEach(() => {
    disk = new SlowDisk();
    applied = [];
    commits = new GroupCommit({
      database: new DatabaseSync(":memory:"),
      file: "store.db",
      applyInSteps: (given) => {
        if (given.kind !== "fileGone") return [];
        if (given.path === "bad") throw new Error("no such row");
        applied.push(given.path);
        return [];
      },
      checkFile: () => undefined,
      onRollback: () => undefined,
      flush: () => disk.flush(),
    });
  });

  it("comes before anybody is told that a batch is written", async () => {
    const told: string[] = [];
    const writing = commits.write([change("a")]).then(() => told.push("a"));
    await disk.asked(1);
    await nextTick();
    expect({ applied, told }).to.deep.equal({ applied: ["a"], told: [] });
    disk.flushes[0]?.done();
    await writing;
    expect(told).to.deep.equal(["a"]);
  });

  it("is shared by everything that came while the one before was under way", async () => {
    const first = commits.write([change("a")]);
    await disk.asked(1);
    const later = ["b", "c", "d"].map((name) => commits.write([change(name)]));
    await nextTick();
    expect(applied).to.deep.equal(["a"]);
    disk.flushes[0]?.done();
    await first;
    await disk.asked(2);
    expect(applied).to.deep.equal(["a", "b", "c", "d"]);
    disk.flushes[1]?.done();
    await Promise.all(later);
    expect(disk.flushes).to.have.length(2);
  });

  it("fails its batches alone, and the next one is tried anew", async () => {
    const first = commits.write([change("a")]);
    await disk.asked(1);
    disk.flushes[0]?.fail(Object.assign(new Error("EIO: i/o error"), { syscall: "fdatasync" }));
    const error = await rejection(first);
    expect(error).to.include({ code: "StoreUnavailable" });
    expect(error.message).to.contain("EIO");
    const second = commits.write([change("b")]);
    await disk.asked(2);
    disk.flushes[1]?.done();
    await second;
  });

  it("is left out when nothing was written", async () => {
    expect(await rejection(commits.write([change("bad")]))).to.include({ code: "StoreRefused" });
    expect(disk.flushes).to.deep.equal([]);
  });

  it("is waited for by a drain", async () => {
    const writing = commits.write([change("a")]);
    let drained = false;
    const draining = commits.drain().then(() => (drained = true));
    await disk.asked(1);
    await nextTick();
    expect(drained).to.equal(false);
    disk.flushes[0]?.done();
    await Promise.all([writing, draining]);
  });
});

describe("flushing a database's log", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-flush-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("opens the log when it is first needed, and may be closed twice", async () => {
    const log = new LogFlush(join(folder, "store.db"));
    expect(await rejection(log.flush())).to.include({ code: "ENOENT" });
    writeFileSync(join(folder, "store.db-wal"), "");
    await log.flush();
    await log.flush();
    await log.close();
    await log.close();
  });
});
