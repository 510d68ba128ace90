import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const PAGE_BYTES = 4096;

/** Writes nonsense over a part of one page of a store; pages count from 1. */
export function damagePage(
  file: string,
  at: { readonly page: number; readonly from: number; readonly bytes: number },
): void {
  const descriptor = openSync(file, "r+");
  try {
    const nonsense = Buffer.alloc(at.bytes, 0xa5);
    writeSync(descriptor, nonsense, 0, at.bytes, (at.page - 1) * PAGE_BYTES + at.from);
  } finally {
    closeSync(descriptor);
  }
}

/** Changes rows of a store behind its back. */
export function changeRows(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** Does the same, and gives the write-ahead log as a process leaves it that is killed before the change is in the file. */
export function logOfChange(file: string, sql: string): Uint8Array {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
    return readFileSync(`${file}-wal`);
  } finally {
    database.close();
  }
}
