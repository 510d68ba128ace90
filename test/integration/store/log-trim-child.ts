import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { LogTrim } from "../../../agent/store/sqlite-log-trim.ts";

/** Run as `node log-trim-child.ts <file>`: writes bursts, says the number of each, and has the log cut after each, until killed. */
async function main(file: string): Promise<void> {
  const database = new DatabaseSync(file, { timeout: 1000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  database.exec("CREATE TABLE burst (number INTEGER, bytes BLOB)");
  const trim = new LogTrim({ file, idleMs: 1 });
  const add = database.prepare("INSERT INTO burst VALUES (?, ?)");
  for (let number = 0; ; number += 1) {
    add.run(number, new Uint8Array(5 * 1024 * 1024));
    trim.note();
    process.stdout.write(`${number}\n`);
    // About as long as a thread takes to start and cut the log.
    await sleep(20 + 10 * (number % 5));
  }
}

await main(String(process.argv[2]));
