import type { SQLOutputValue } from "node:sqlite";
import { storeDamaged } from "./sqlite-errors.ts";

/** A row of a result set, as node:sqlite gives it. */
export type ResultRow = Record<string, SQLOutputValue>;

/** A row as the JSON text it is kept as. */
export function toDocument(row: object): string {
  return JSON.stringify(row);
}

/**
 * The row a document was made from. Callers name its type and do not check its shape again: only this folder writes
 * documents, from typed rows, and a change of their shape comes with a migration. A text that is not JSON means a damaged store.
 */
export function fromDocument(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw storeDamaged(file, "a row is not JSON", error);
  }
}

/** A column that holds text. */
export function textOf(row: ResultRow, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new TypeError(`column ${column} holds ${typeof value}, not text`);
}

/** A column that holds a whole number. */
export function numberOf(row: ResultRow, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new TypeError(`column ${column} holds ${typeof value}, not a number`);
}

/** A column that holds bytes. */
export function bytesOf(row: ResultRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`column ${column} holds ${typeof value}, not bytes`);
}
