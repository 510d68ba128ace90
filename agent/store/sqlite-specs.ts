import { packSpec } from "../spec/pack-spec.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import { bytesOf, fromDocument, textOf, toDocument, type ResultRow } from "./sqlite-document.ts";
import { unpack } from "./sqlite-packed.ts";
import type { Statements } from "./sqlite-statements.ts";

/** What `specOf` and `specTextOf` read. */
export const SPEC_COLUMNS = "document, bytes, packed";

const NEW_LINE = "\n".charCodeAt(0);

export interface SpecBlob {
  readonly oid: string;
  readonly touchedMs: number;
  readonly spec: RoomSpec;
  readonly text: Uint8Array;
  /** What `packSpec` gave. Absent: it was not asked. */
  readonly packed?: Uint8Array | null;
}

/** Adds a spec that is not there. */
export function addSpec(statements: Statements, blob: SpecBlob): void {
  const { oid, touchedMs, spec, text, packed = packSpec(spec, text) } = blob;
  const kept = packed === null ? [toDocument(spec), text] : ["null", new Uint8Array()];
  statements
    .get("INSERT INTO spec (oid, touched_ms, document, bytes, packed) VALUES (?, ?, ?, ?, ?)")
    .run(oid, touchedMs, ...kept, packed);
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
