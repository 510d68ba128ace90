import type { Room } from "../room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  ObserveOnlyRow,
  SourceRow,
} from "../room/rows.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import { fromStoredRoom } from "./room-document.ts";
import { fromStoredFile, fromStoredHistory } from "./row-documents.ts";
import { recordsOf } from "./sqlite-audit.ts";
import { bytesOf, fromDocument, numberOf, textOf, type ResultRow } from "./sqlite-document.ts";

/** The rows of a table: the statement that a condition follows, and what each row holds. */
export interface TableRows<T> {
  readonly select: string;
  readonly read: (row: ResultRow) => readonly T[];
}

export function roomOf(file: string, document: string): Room {
  return fromStoredRoom(fromDocument(file, document) as object);
}

/** The tables of the store in `file`. */
export function tableRows(file: string) {
  const document = (row: ResultRow) => fromDocument(file, textOf(row, "document")) as object;
  const whole = <T>(table: string): TableRows<T> => ({
    select: `SELECT document FROM ${table}`,
    read: (row) => [document(row) as T],
  });
  const rooms: TableRows<Room> = {
    select: "SELECT document FROM room",
    read: (row) => [roomOf(file, textOf(row, "document"))],
  };
  const files: TableRows<FileRow> = {
    select: "SELECT source, path, document FROM file",
    read: (row) => {
      const key = { source: textOf(row, "source"), path: textOf(row, "path") };
      return [fromStoredFile(document(row), key)];
    },
  };
  const history: TableRows<HistoryRow> = {
    select: "SELECT room_id, inputs_digest, revision, outcome, time_ms, document FROM history",
    read: (row) => {
      const roomId = textOf(row, "room_id");
      const inputsDigest = textOf(row, "inputs_digest");
      const outcome = textOf(row, "outcome") as HistoryRow["outcome"];
      const key = { roomId, inputsDigest, revision: textOf(row, "revision"), outcome };
      return [fromStoredHistory(document(row), { ...key, timeMs: numberOf(row, "time_ms") })];
    },
  };
  const audit: TableRows<AuditRecord> = {
    select: "SELECT document, records FROM audit",
    read: (row) => {
      const packed = row.records === null ? null : bytesOf(row, "records");
      return recordsOf(file, { document: textOf(row, "document"), packed });
    },
  };
  return {
    rooms,
    files,
    history,
    /** Newest first within a row. */
    audit,
    sources: whole<SourceRow>("source"),
    confirmations: whole<ConfirmationRow>("confirmation"),
    intents: whole<IntentRow>("intent"),
    observeOnly: whole<ObserveOnlyRow>("observe_only"),
  };
}
