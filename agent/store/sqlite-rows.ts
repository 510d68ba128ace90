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
import { storeDamaged } from "./sqlite-errors.ts";
import { isObject, otherShape, wrongRoom } from "./stored-shape.ts";
import { bytesOf, fromDocument, numberOf, textOf, type ResultRow } from "./sqlite-document.ts";

/** The rows of a table: the statement that a condition follows, and what each row holds. */
export interface TableRows<T> {
  readonly select: string;
  readonly read: (row: ResultRow) => readonly T[];
}

/** Throws `StoreDamaged` where the document is not a room, or that of another one. */
export function roomOf(file: string, roomId: string, document: string): Room {
  const stored = fromDocument(file, document);
  const wrong = wrongRoom(roomId, stored);
  if (wrong !== null) throw storeDamaged(file, otherShape("room", wrong));
  return fromStoredRoom(stored as object);
}

/** The tables of the store in `file`. */
export function tableRows(file: string) {
  const document = (row: ResultRow, table: string): object => {
    const stored = fromDocument(file, textOf(row, "document"));
    if (isObject(stored)) return stored;
    throw storeDamaged(file, otherShape(table, "it is not an object"));
  };
  const whole = <T>(table: string): TableRows<T> => ({
    select: `SELECT document FROM ${table}`,
    read: (row) => [document(row, table) as T],
  });
  const rooms: TableRows<Room> = {
    select: "SELECT room_id, document FROM room",
    read: (row) => [roomOf(file, textOf(row, "room_id"), textOf(row, "document"))],
  };
  const files: TableRows<FileRow> = {
    select: "SELECT source, path, document FROM file",
    read: (row) => {
      const key = { source: textOf(row, "source"), path: textOf(row, "path") };
      return [fromStoredFile(document(row, "file"), key)];
    },
  };
  const history: TableRows<HistoryRow> = {
    select: "SELECT room_id, inputs_digest, revision, outcome, time_ms, document FROM history",
    read: (row) => {
      const roomId = textOf(row, "room_id");
      const inputsDigest = textOf(row, "inputs_digest");
      const outcome = textOf(row, "outcome") as HistoryRow["outcome"];
      const key = { roomId, inputsDigest, revision: textOf(row, "revision"), outcome };
      return [
        fromStoredHistory(document(row, "history"), { ...key, timeMs: numberOf(row, "time_ms") }),
      ];
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
