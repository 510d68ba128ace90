import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { ChildLines } from "./child-lines.ts";
import { rejection } from "../../support/rejection.ts";

const CHILD = join(import.meta.dirname, "store-child.ts");
const SINCE = "2026-01-01T00:00:00.000Z";

describe("the lock of a data folder", () => {
  let path: string;
  const open = (at = path) => openSqliteStore({ path: at, nowMs: () => Date.parse(SINCE) });

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "room-operator-lock-"));
  });

  afterEach(() => rmSync(path, { recursive: true }));

  it("refuses a second agent at once and names the first, until that is killed", async () => {
    const child = new ChildLines(CHILD, ["holding", path]);
    try {
      await child.said(1);
      expect(child.lines).to.deep.equal(["open"]);
      const error = await rejection(open());
      expect(error).to.include({ name: "OperatorError", code: "StoreLocked" });
      expect(error).to.have.property("data").that.deep.equals({
        folder: path,
        pid: child.pid,
        host: hostname(),
        since: SINCE,
      });
      for (const named of [path, String(child.pid), hostname(), SINCE]) {
        expect(error.message).to.contain(named);
      }
    } finally {
      await child.kill();
    }
    expect(existsSync(join(path, "holder.json")), "the dead holder's name is left").to.equal(true);
    const store = await open();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    await store.close();
  });

  it("refuses a second agent in another process", async () => {
    const store = await open();
    const child = new ChildLines(CHILD, ["holding", path]);
    try {
      await child.said(1);
      expect(child.lines[0]).to.contain("StoreLocked").and.contain(`pid ${process.pid} `);
    } finally {
      await child.kill();
      await store.close();
    }
  });

  it("refuses a second open in this process, by whatever path, and still holds after that", async () => {
    const store = await open();
    const link = `${path}-link`;
    symlinkSync(path, link);
    try {
      for (const at of [path, `${path}/.`, link, path]) {
        expect(await rejection(open(at))).to.include({ code: "StoreLocked" });
      }
      await store.write([{ kind: "room", row: aRoomRow() }]);
      const child = new ChildLines(CHILD, ["holding", path]);
      await child.said(1);
      await child.kill();
      expect(child.lines[0]).to.contain("StoreLocked");
    } finally {
      rmSync(link);
      await store.close();
    }
  });

  it("lets one of two that open at once win", async () => {
    const ends = await Promise.allSettled([open(), open()]);
    const stores = ends.filter((end) => end.status === "fulfilled").map((end) => end.value);
    for (const store of stores) await store.close();
    expect(stores).to.have.length(1);
  });

  it("goes with close, and its holder's name too", async () => {
    const first = await open();
    const named: unknown = JSON.parse(readFileSync(join(path, "holder.json"), "utf8"));
    expect(named).to.deep.equal({ pid: process.pid, host: hostname(), since: SINCE });
    await first.close();
    expect(existsSync(join(path, "holder.json"))).to.equal(false);
    const second = await open();
    // A late second close of the first agent must not let go of what is another's now.
    await first.close();
    expect(await rejection(open())).to.include({ code: "StoreLocked" });
    await second.close();
  });

  it("says so when the holder's name cannot be read", async () => {
    const store = await open();
    writeFileSync(join(path, "holder.json"), '{"pid":"one"}');
    const error = await rejection(open());
    await store.close();
    expect(error).to.include({ code: "StoreLocked" });
    expect(error.message).to.contain("another agent");
  });

  it("is let go when the store behind it cannot be opened", async () => {
    const foreign = new DatabaseSync(join(path, "store.db"));
    foreign.exec("CREATE TABLE mine (a)");
    foreign.close();
    expect(await rejection(open())).to.include({ code: "StoreUnavailable" });
    rmSync(join(path, "store.db"));
    await (await open()).close();
  });
});
