import type { RoomSpec } from "../spec/room-spec.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  IntentState,
  RoomRow,
  SourceRow,
} from "./rows.ts";
import type { Item } from "../plan/item.ts";

/**
 * The agent's memory. `write` is all or nothing and durable when it resolves (on disk, not only in a cache); batches handed
 * in during one tick may share one transaction, yet one failing batch never takes another along. Every method rejects
 * with OperatorError `StoreUnavailable` when the disk refuses (full, read-only, gone), and what was written before stays.
 * Methods are asynchronous and rows plain data, so that another database can stand behind this.
 */
export interface Store {
  write(changes: readonly StoreChange[]): Promise<void>;

  readRoom(roomId: string): Promise<RoomRow | null>;
  /** Ordered by roomId. */
  readRooms(): Promise<readonly RoomRow[]>;
  readRoomIds(): Promise<readonly string[]>;
  /** The rooms a source owns. */
  readRoomsOf(source: string): Promise<readonly RoomRow[]>;

  readSource(name: string): Promise<SourceRow | null>;
  readFiles(source: string): Promise<readonly FileRow[]>;
  readFile(source: string, path: string): Promise<FileRow | null>;

  /** A parsed spec by its key (`RoomInputs.specOid`); null when the store does not hold it. */
  readSpec(specOid: string): Promise<RoomSpec | null>;
  readSpecText(specOid: string): Promise<Uint8Array | null>;
  readSeed(oid: string): Promise<Uint8Array | null>;

  /** Rows that are not expired at `nowMs` and have unused items. */
  readConfirmations(roomId: string, nowMs: number): Promise<readonly ConfirmationRow[]>;
  readOpenIntents(roomId?: string): Promise<readonly IntentRow[]>;
  /** Newest first. */
  readHistory(roomId: string): Promise<readonly HistoryRow[]>;
  /** The newest `count` records that match, oldest first. */
  readAudit(query: AuditQuery): Promise<readonly AuditRecord[]>;

  /** Deletes blobs no room or file needs, and audit, history and closed intents older than `beforeMs`. */
  sweep(beforeMs: number): Promise<void>;
  /** Finishes what was handed in, then closes the file and lets go of the lock. Idempotent. */
  close(): Promise<void>;
}

export interface AuditQuery {
  readonly count: number;
  readonly correlationId?: string;
  readonly roomId?: string;
}

export type StoreChange =
  | { readonly kind: "room"; readonly row: RoomRow }
  | { readonly kind: "source"; readonly row: SourceRow }
  | { readonly kind: "file"; readonly row: FileRow }
  | { readonly kind: "fileGone"; readonly source: string; readonly path: string }
  /** Text and parsed form of a spec; written again with the same key it changes nothing. */
  | {
      readonly kind: "spec";
      readonly specOid: string;
      readonly text: Uint8Array;
      readonly spec: RoomSpec;
    }
  | { readonly kind: "seed"; readonly oid: string; readonly bytes: Uint8Array }
  /** A row with a known id changes nothing: the same commit seen twice confirms once. */
  | { readonly kind: "confirmation"; readonly row: ConfirmationRow }
  | { readonly kind: "confirmationUsed"; readonly id: string; readonly items: readonly Item[] }
  | { readonly kind: "intent"; readonly row: IntentRow }
  | {
      readonly kind: "intentEnded";
      readonly id: string;
      readonly state: Exclude<IntentState, "open">;
    }
  | { readonly kind: "history"; readonly row: HistoryRow }
  | { readonly kind: "audit"; readonly record: AuditRecord };
