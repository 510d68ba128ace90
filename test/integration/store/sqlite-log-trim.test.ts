import { expect } from "chai";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { LogTrim } from "../../../agent/store/sqlite-log-trim.ts";
import { eventually } from "../../support/eventually.ts";
import { ChildLines } from "./child-lines.ts";

const CHILD = join(import.meta.dirname, "log-trim-child.ts");

const MB = 1024 * 1024;

describe("the log of an idle store", () => {
  let folder: string;
  let file: string;
  let database: DatabaseSync;
  let trim: LogTrim;
  const logBytes = () => statSync(`${file}-wal`).size;
  const write = (bytes: number) => {
    database.prepare("INSERT INTO burst (bytes) VALUES (?)").run(new Uint8Array(bytes));
    trim.note();
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "log-trim-"));
    file = join(folder, "store.db");
    database = new DatabaseSync(file, { timeout: 1000 });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    database.exec("CREATE TABLE burst (bytes BLOB)");
    trim = new LogTrim({ file, idleMs: 100 });
  });

  afterEach(async () => {
    await trim.close();
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("is cut to nothing after a burst, and nothing is lost", async () => {
    write(6 * MB);
    expect(logBytes()).to.be.greaterThan(6 * MB);
    await eventually("the log is empty", () => logBytes() === 0);
    const stored = database.prepare("SELECT length(bytes) AS bytes FROM burst").get();
    expect({ ...stored }).to.deep.equal({ bytes: 6 * MB });
    write(MB);
    expect(logBytes()).to.be.within(MB, 2 * MB);
  });

  it("stays while another connection reads it, and goes when the store is idle again", async () => {
    write(6 * MB);
    const reader = new DatabaseSync(file);
    const rows = reader.prepare("SELECT rowid FROM burst").iterate();
    rows.next();
    await eventually("all of it is in the database", () => statSync(file).size > 6 * MB);
    expect(logBytes()).to.be.greaterThan(6 * MB);
    rows.return?.();
    reader.close();
    write(1);
    await eventually("the log is empty", () => logBytes() === 0);
  });

  it("stays when the database was moved away", async () => {
    write(6 * MB);
    renameSync(file, `${file}.moved`);
    await sleep(500);
    expect(logBytes()).to.be.greaterThan(6 * MB);
    expect(existsSync(file), "another database is made").to.equal(false);
  });

  it("stays when another database is in its place", async () => {
    write(6 * MB);
    renameSync(file, `${file}.moved`);
    writeFileSync(file, "");
    await sleep(500);
    expect(logBytes()).to.be.greaterThan(6 * MB);
  });

  it("stays where the system gives no thread, and goes when the store is idle again", async () => {
    // A thread of this address is refused before it begins.
    const failures: unknown[] = [];
    const without = new LogTrim({
      file,
      idleMs: 1,
      program: new URL("https://trim.test/none.ts"),
      onFailed: (error) => failures.push(error),
    });
    database.prepare("INSERT INTO burst (bytes) VALUES (?)").run(new Uint8Array(6 * MB));
    without.note();
    await sleep(50);
    await without.close();
    expect(logBytes()).to.be.greaterThan(6 * MB);
    expect(failures).to.have.length(1);
    expect(failures[0]).to.be.instanceOf(Error);
    write(1);
    await eventually("the log is empty", () => logBytes() === 0);
  });

  it("stays where the thread fails, which is reported", async () => {
    const program = join(folder, "fails.mjs");
    writeFileSync(program, "throw new Error('disk I/O error');");
    const failures: string[] = [];
    const failing = new LogTrim({
      file,
      idleMs: 1,
      program: pathToFileURL(program),
      onFailed: (error) => failures.push(String(error)),
    });
    write(6 * MB);
    await trim.close();
    failing.note();
    await eventually("the failure is reported", () => failures.length === 1);
    await failing.close();
    expect(failures).to.deep.equal(["Error: disk I/O error"]);
    expect(logBytes()).to.be.greaterThan(6 * MB);
  });

  it("loses nothing when the process is killed while it is cut", async () => {
    for (const afterLines of [2, 3, 5]) {
      const path = join(folder, `killed-${afterLines}.db`);
      const child = new ChildLines(CHILD, [path]);
      try {
        await child.said(afterLines);
      } finally {
        await child.kill();
      }
      const left = new DatabaseSync(path);
      const numbers = left.prepare("SELECT number FROM burst").all();
      const check = left.prepare("PRAGMA integrity_check").get();
      left.close();
      expect({ ...check }).to.deep.equal({ integrity_check: "ok" });
      expect(numbers.map(({ number }) => String(number))).to.include.members([...child.lines]);
    }
  });
});
