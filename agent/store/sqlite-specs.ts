import type { RoomSpec } from "../spec/room-spec.ts";
import { bytesOf, fromDocument, textOf, toDocument, type ResultRow } from "./sqlite-document.ts";
import { pack, unpack } from "./sqlite-packed.ts";
import type { Statements } from "./sqlite-statements.ts";

/** What `specOf` and `specTextOf` read. */
export const SPEC_COLUMNS = "document, bytes, packed";

const NEW_LINE = "\n".charCodeAt(0);

export interface SpecBlob {
  readonly oid: string;
  readonly touchedMs: number;
  readonly spec: RoomSpec;
  readonly text: Uint8Array;
}

/**
 * Adds a spec that is not there. Its parsed form and its text say the same, so they are packed together: the form as one line of
 * JSON, then the text.
 */
export function addSpec(statements: Statements, { oid, touchedMs, spec, text }: SpecBlob): void {
  const document = toDocument(spec);
  const packed = pack(Buffer.concat([Buffer.from(`${document}\n`), text]));
  const isPacked = packed !== null;
  statements
    .get("INSERT INTO spec (oid, touched_ms, document, bytes, packed) VALUES (?, ?, ?, ?, ?)")
    .run(oid, touchedMs, isPacked ? "null" : document, isPacked ? new Uint8Array() : text, packed);
}

export function specOf(file: string, row: ResultRow): RoomSpec {
  const unpacked = unpackedOf(file, row);
  const document =
    unpacked === null ? textOf(row, "document") : unpacked.toString("utf8", 0, lineEnd(unpacked));
  return fromDocument(file, document) as RoomSpec;
}

export function specTextOf(file: string, row: ResultRow): Uint8Array {
  const unpacked = unpackedOf(file, row);
  return unpacked === null
    ? bytesOf(row, "bytes")
    : new Uint8Array(unpacked.subarray(lineEnd(unpacked) + 1));
}

/** Null for a row that is not packed. */
function unpackedOf(file: string, row: ResultRow): Buffer | null {
  return row.packed === null ? null : unpack(file, bytesOf(row, "packed"));
}

function lineEnd(unpacked: Buffer): number {
  return unpacked.indexOf(NEW_LINE);
}
