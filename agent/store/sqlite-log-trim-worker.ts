import { workerData } from "node:worker_threads";
import { openAgain } from "./sqlite-files.ts";

/** The thread of `LogTrim`: does its work once and ends. It waits for no other connection, and none has to wait for it for long. */
function main(file: string): void {
  const database = openAgain(file, 0);
  try {
    // Nearly all of it is done here, while others write; what is left needs the log for a moment alone.
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

main(String(workerData));
