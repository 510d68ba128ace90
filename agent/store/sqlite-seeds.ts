import { setImmediate as nextTick } from "node:timers/promises";
import { bytesOf, numberOf } from "./sqlite-document.ts";
import type { Statements } from "./sqlite-statements.ts";

/** What is written or read of a seed in one tick: some milliseconds' worth. */
const PART_BYTES = 1024 * 1024;

/** Whether a seed is so large that it is stored in parts. */
export function isInParts({ length }: Uint8Array): boolean {
  return length > PART_BYTES;
}

interface SeedRow {
  readonly oid: string;
  readonly bytes: Uint8Array;
  readonly touchedMs: number;
}

/** Adds a seed that is not there, inside a transaction that the caller holds; a large one in steps, between which it may wait. */
export function* addSeed(
  statements: Statements,
  { oid, bytes, touchedMs }: SeedRow,
): Generator<void> {
  const parts = isInParts(bytes) ? Math.ceil(bytes.length / PART_BYTES) : 0;
  for (let place = 0; place < parts; place += 1) {
    const part = bytes.subarray(place * PART_BYTES, (place + 1) * PART_BYTES);
    statements
      .get("INSERT INTO seed_part (oid, place, bytes) VALUES (?, ?, ?)")
      .run(oid, place, part);
    yield;
  }
  statements
    .get("INSERT INTO seed (oid, touched_ms, bytes, parts) VALUES (?, ?, ?, ?)")
    .run(oid, touchedMs, parts === 0 ? bytes : new Uint8Array(), parts);
}

/** The bytes of a seed; a large one is read over several ticks. `checkOpen` throws when the store was closed meanwhile. */
export async function readSeed(
  statements: Statements,
  oid: string,
  checkOpen: () => void,
): Promise<Uint8Array | null> {
  checkOpen();
  const row = statements.get("SELECT bytes, parts FROM seed WHERE oid = ?").get(oid);
  if (row === undefined) return null;
  const parts = numberOf(row, "parts");
  if (parts === 0) return bytesOf(row, "bytes");
  const sum = "SELECT coalesce(sum(length(bytes)), 0) AS size FROM seed_part WHERE oid = ?";
  const bytes = new Uint8Array(numberOf(statements.get(sum).get(oid) ?? {}, "size"));
  const one = statements.get("SELECT bytes FROM seed_part WHERE oid = ? AND place = ?");
  let end = 0;
  for (let place = 0; place < parts; place += 1) {
    const part = one.get(oid, place);
    // The sweep deleted it meanwhile: no row refers to it any more.
    if (part === undefined) return null;
    const piece = bytesOf(part, "bytes");
    bytes.set(piece, end);
    end += piece.length;
    await nextTick();
    checkOpen();
  }
  return bytes;
}
