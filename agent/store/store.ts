import type { RoomSpec } from "../spec/room-spec.ts";
import type { ConfirmationChange } from "../room/confirmations.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { Room } from "../room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  IntentState,
  ObserveOnlyRow,
  ObserveOnlyState,
  SourceRow,
} from "../room/rows.ts";
import type { Collection, DocumentChange, Keyed } from "../room/documents.ts";

/**
 * The agent's memory. `write` is all or nothing and durable when it resolves (on disk, not only in a cache); batches handed
 * in during one tick may share one transaction, yet one failing batch never takes another along. Batches take effect in
 * the order they were handed in, and changes in the order of their batch. A read sees every write that has resolved.
 * Every method rejects with OperatorError `StoreUnavailable` when the disk refuses (full, read-only, gone) and after
 * `close`; what was written before stays, and the store works again as soon as the disk does. A batch rejected so is not
 * there, unless the disk failed in the last moment: then it may be, as after a crash. A batch that contradicts the store
 * or cannot be stored at all is rejected with `StoreRefused`: a defect of the caller, trying again does not help. One with a
 * room that another writer changed meanwhile is rejected with `StoreConflict`: read the room again.
 * A store that turns out to be damaged rejects with `StoreDamaged`, from then on every write; what can be read still is.
 * Methods are asynchronous and rows plain data, so that another database can stand behind this.
 */
export interface Store {
  /**
   * A batch is written in one go, so one of more than about 200 rows holds up everything else in the process: callers
   * split what need not be atomic. Nothing handed in may be changed before the promise settles.
   */
  write(changes: readonly StoreChange[]): Promise<void>;
  /** Rejects, and reports it as a failed write, where the next write would find that the store or its lock is gone. */
  checkWritable(): Promise<void>;

  readRoom(roomId: string): Promise<Room | null>;
  /**
   * As of one moment, ordered by roomId (by code point); `readRoomIds` and `readRoomsOf` likewise. Readers of all rooms use
   * `everyRoom`, which asks for pages.
   */
  readRooms(page?: RoomPage): Promise<readonly Room[]>;
  readRoomIds(): Promise<readonly string[]>;
  /** The rooms a source owns. */
  readRoomsOf(source: string): Promise<readonly Room[]>;

  readSource(name: string): Promise<SourceRow | null>;
  /** Also those that are not configured any more; ordered by name. */
  readSources(): Promise<readonly SourceRow[]>;
  /** As of one moment, ordered by path. */
  readFiles(source: string): Promise<readonly FileRow[]>;
  readFile(source: string, path: string): Promise<FileRow | null>;

  /** A parsed spec by its key (`RoomInputs.specOid`); null when the store does not hold it. */
  readSpec(specOid: string): Promise<RoomSpec | null>;
  readSpecText(specOid: string): Promise<Uint8Array | null>;
  readSeed(oid: string): Promise<Uint8Array | null>;

  /** Rows of a room (null: of all rooms) that are not expired at `nowMs` and have unused items, oldest first. */
  readConfirmations(roomId: string | null, nowMs: number): Promise<readonly ConfirmationRow[]>;
  /** Also one that is used up or expired; null when there is none (any more). */
  readConfirmation(id: string): Promise<ConfirmationRow | null>;
  /** Oldest first. */
  readOpenIntents(roomId?: string): Promise<readonly IntentRow[]>;
  /** Last written first. */
  readHistory(roomId: string, query?: HistoryQuery): Promise<readonly HistoryRow[]>;
  /**
   * Where `confirmedRequests` of a new row begins: no lower than that of any room that was forgotten, in this store or in one
   * before it, so that no name of a plan comes back with a room.
   */
  readPlanEpoch(): Promise<number>;
  /** Small documents of one collection, ordered by key (by code point). */
  readDocuments<C extends Collection>(collection: C): Promise<readonly Keyed<C>[]>;
  /** Null while every room may be written to. */
  readObserveOnly(): Promise<ObserveOnlyState | null>;
  /** The newest `count` records that match, oldest first. */
  readAudit(query: AuditQuery): Promise<readonly AuditRecord[]>;

  /**
   * Deletes audit, history and expired confirmations older than `beforeMs` (of a room's history the last
   * row, its `KEPT_VERIFIED` newest verified rows and the verified rows of its enforced and verified inputs stay), and
   * spec texts and seeds that no file, no room's head, enforced (now or before) or verified inputs and no pending undo
   * need; a spec text also stays for a history row that is not older than `beforeMs`. Those written within the last hour
   * stay, so that a row may follow the blob it needs. Works in small steps between which other calls run.
   *
   * Unreferenced seeds may go earlier, whenever many bytes of seeds were written, unless they are held.
   */
  sweep(beforeMs: number): Promise<void>;
  /**
   * While `work` runs, no seed goes that was handed in since it began, or that a row needed then. Whoever hands in seeds
   * before the rows that name them, or reads seeds that a row named a while ago, works within.
   */
  holdSeeds<T>(work: () => Promise<T>): Promise<T>;
  /** Finishes what was handed in, then closes the file and releases the lock. Idempotent. */
  close(): Promise<void>;
}

/**
 * Of a room's verified history this many rows stay however old they are: what a person may revert to without a confirmation does
 * not run out only because nothing changed for a while.
 */
export const KEPT_VERIFIED = 10;

/** The first `count` rooms whose id comes after `after`; from the first room on where that is null. */
export interface RoomPage {
  readonly after: string | null;
  /** A whole number, 0 or more. */
  readonly count: number;
}

export const ALL_ROOMS: RoomPage = { after: null, count: 2 ** 31 };

/** What of a room's history is asked for: rows that match every member. */
export interface HistoryQuery {
  /** At most so many: a whole number, 0 or more. Absent: all. */
  readonly count?: number;
  readonly specVersion?: number;
  readonly specDigest?: string;
  readonly outcome?: HistoryRow["outcome"];
}

export interface AuditQuery {
  /** A whole number, 0 or more. */
  readonly count: number;
  readonly correlationId?: string;
  readonly roomId?: string;
}

/** Rows of `room`, `source` and `file` replace the row of the same key; an equal one is not written. */
export type StoreChange =
  /** Counts `version` up; rejected with `StoreConflict` where the stored row has another version than this one. */
  | { readonly kind: "room"; readonly row: Room }
  /** The room's row, confirmations and open intents go; history and audit stay. */
  | { readonly kind: "roomForgotten"; readonly roomId: string }
  | { readonly kind: "source"; readonly row: SourceRow }
  | { readonly kind: "file"; readonly row: FileRow }
  | { readonly kind: "fileGone"; readonly source: string; readonly path: string }
  /** Text and parsed form of a spec; written again with the same key it changes nothing. */
  | {
      readonly kind: "spec";
      readonly specOid: string;
      readonly text: Uint8Array;
      readonly spec: RoomSpec;
      /** Both as `packSpec` packs them, where that was done already. */
      readonly packed?: Uint8Array | null;
    }
  /** Kept as `spec` is. */
  | { readonly kind: "seed"; readonly oid: string; readonly bytes: Uint8Array }
  | ConfirmationChange
  /** Refused while an open intent has the id: no two calls share an intent (L3). */
  | { readonly kind: "intent"; readonly row: IntentRow }
  /** Ends an open intent, which is gone then; its audit record says how it ended. One of an unknown intent changes nothing. */
  | {
      readonly kind: "intentEnded";
      readonly id: string;
      readonly state: Exclude<IntentState, "open">;
    }
  /** Once per room, inputs digest, revision and outcome: the first row stands. */
  | { readonly kind: "history"; readonly row: HistoryRow }
  | DocumentChange
  /** Begins observe-only for every room; while it lasts already, the first row stands. */
  | { readonly kind: "observeOnly"; readonly row: ObserveOnlyRow }
  /** Releases one room while observe-only lasts; otherwise it changes nothing. */
  | { readonly kind: "roomReleased"; readonly roomId: string }
  | { readonly kind: "observeOnlyEnded" }
  | { readonly kind: "audit"; readonly record: AuditRecord };
