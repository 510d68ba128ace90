import { resolve } from "node:path";
import { messageOf } from "../kernel/errors.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { Collection, Documents, Keyed } from "../room/documents.ts";
import type { Room } from "../room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  ObserveOnlyState,
  SourceRow,
} from "../room/rows.ts";
import type { StoreOptions, UpkeepFailure } from "./open-store.ts";
import { ChangeWriter } from "./sqlite-changes.ts";
import { fromDocument, numberOf, textOf, type ResultRow } from "./sqlite-document.ts";
import { DamageWatch } from "./sqlite-damage-watch.ts";
import { storeDamaged, storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { createDataFolder } from "./data-folder.ts";
import { openDatabase, type OpenedFile } from "./sqlite-folder.ts";
import { FullCheck } from "./sqlite-full-check.ts";
import { GroupCommit } from "./sqlite-group-commit.ts";
import { historyFilter } from "./sqlite-history.ts";
import { FileGuard } from "./sqlite-file-guard.ts";
import { LogFlush } from "./sqlite-log-flush.ts";
import { LogTrim } from "./sqlite-log-trim.ts";
import { acquireStoreLock, type StoreLock } from "./sqlite-lock.ts";
import { readConfirmations } from "./sqlite-confirmations.ts";
import { Readers } from "./sqlite-readers.ts";
import { Reads } from "./sqlite-reads.ts";
import { auditFilter } from "./sqlite-audit-filter.ts";
import { cachedRoom, RoomCache } from "./sqlite-room-cache.ts";
import { roomOf, tableRows } from "./sqlite-rows.ts";
import { readSeed } from "./sqlite-seeds.ts";
import { SPEC_COLUMNS, specOf, specTextOf } from "./sqlite-specs.ts";
import { Statements } from "./sqlite-statements.ts";
import { Sweeper } from "./sqlite-sweeper.ts";
import { checkCount } from "./store-refused.ts";
import { ALL_ROOMS } from "./store.ts";
import type { AuditQuery, HistoryQuery, Store, StoreChange, RoomPage } from "./store.ts";

/**
 * Opens the store of a data folder, for this process alone. Rejects with OperatorError `StoreLocked` when another agent
 * holds the folder (the message names it), `StoreTooNew` when a newer agent wrote it, and `StoreUnavailable` when it
 * cannot be read or written or is not a store. A damaged one is set aside whole, and the new one is observe-only.
 */
export async function openSqliteStore(options: StoreOptions): Promise<Store> {
  const folder = resolve(options.path);
  let lock: StoreLock | undefined;
  try {
    createDataFolder(folder);
    lock = acquireStoreLock(folder, options);
    const opened = await openDatabase({ ...options, folder });
    return new SqliteStore({ ...opened, ...options, lock });
  } catch (error) {
    lock?.release();
    throw toStoreError(folder, error);
  }
}

interface OpenSqlite extends OpenedFile, StoreOptions {
  readonly lock: StoreLock;
}

/** Writes, sweeps and short reads run on one connection, each whole in a tick; long lists have readers of their own. */
class SqliteStore implements Store {
  readonly #open: OpenSqlite;
  readonly #statements: Statements;
  readonly #commits: GroupCommit;
  readonly #log: LogFlush;
  readonly #trim: LogTrim;
  readonly #readers: Readers;
  readonly #reads: Reads;
  readonly #watch: DamageWatch;
  readonly #guard: FileGuard;
  readonly #check: FullCheck | null;
  readonly #sweeper: Sweeper;
  readonly #tables: ReturnType<typeof tableRows>;
  readonly #rooms = new RoomCache();
  #closing: Promise<void> | null = null;

  constructor(open: OpenSqlite) {
    this.#open = open;
    this.#tables = tableRows(open.file);
    this.#watch = new DamageWatch(open);
    this.#statements = new Statements(open.database);
    const statements = this.#statements;
    this.#sweeper = new Sweeper({ ...open, statements, isStopped: () => this.#closing !== null });
    const onSeedFreed = (oid: string) => this.#sweeper.holds.note(oid);
    const rooms = this.#rooms;
    const writer = new ChangeWriter({ ...open, statements, rooms, onSeedFreed });
    this.#guard = new FileGuard(open.file, open.lock);
    this.#readers = new Readers(open.file, () => this.#guard.check());
    const checkOpen = () => this.#checkOpen();
    this.#reads = new Reads({ statements, readers: this.#readers, watch: this.#watch, checkOpen });
    const failed = (task: UpkeepFailure["task"]) => (error: unknown) =>
      open.onUpkeepFailed?.({ task, error });
    this.#log = new LogFlush(open.file);
    this.#trim = new LogTrim({ ...open, onFailed: failed("cutting the log") });
    this.#commits = new GroupCommit({
      ...open,
      applyInSteps: (change) => writer.applyInSteps(change),
      onRollback: () => this.#rooms.clear(),
      flush: () => this.#log.flush(),
      checkFile: () => this.#guard.checkForCommit(),
    });
    const onDamage = (found: string) => this.#watch.toError(storeDamaged(open.file, found));
    const onFailed = failed("full check");
    this.#check = open.checked === "full" ? null : new FullCheck({ ...open, onDamage, onFailed });
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#checkOpen();
    if (this.#watch.damage !== null) throw this.#watch.damage;
    if (changes.length === 0) return;
    const startedMs = performance.now();
    const ended = (ok: boolean, message: string) =>
      this.#open.onWrite?.({ ok, message, durationMs: performance.now() - startedMs });
    try {
      this.#sweeper.noteSeeds(changes);
      await this.#commits.write(changes);
      this.#trim.note();
      ended(true, "");
    } catch (error) {
      ended(false, messageOf(error));
      throw this.#watch.toError(error);
    }
    // The changes are written whether this works or not; the sweep that comes every hour makes up for it.
    await this.#sweeper.sweepSpareSeeds().catch((error: unknown) => {
      ended(false, messageOf(this.#watch.toError(error)));
    });
  }

  async checkWritable(): Promise<void> {
    this.#checkOpen();
    this.#guard.report(this.#open.onWrite);
  }

  async readRoom(roomId: string): Promise<Room | null> {
    this.#checkOpen();
    const cached = this.#rooms.get(roomId);
    if (cached !== undefined) return roomOf(this.#open.file, roomId, cached.document);
    const [row] = this.#reads.rows("SELECT document FROM room WHERE room_id = ?", roomId);
    if (row === undefined) return null;
    const document = textOf(row, "document");
    const room = this.#reads.watched(() => roomOf(this.#open.file, roomId, document));
    this.#rooms.set(cachedRoom(room, document));
    return room;
  }

  readRooms({ after, count }: RoomPage = ALL_ROOMS): Promise<readonly Room[]> {
    const where = "WHERE room_id > ? ORDER BY room_id LIMIT ?";
    return this.#reads.all(this.#tables.rooms, where, after ?? "", count);
  }

  async readRoomIds(): Promise<readonly string[]> {
    return this.#roomIds("SELECT room_id FROM room ORDER BY room_id");
  }

  readRoomsOf(source: string): Promise<readonly Room[]> {
    return this.#reads.all(this.#tables.rooms, "WHERE source = ? ORDER BY room_id", source);
  }

  readSource(name: string): Promise<SourceRow | null> {
    return this.#reads.one(this.#tables.sources, "WHERE name = ?", name);
  }

  readSources(): Promise<readonly SourceRow[]> {
    return this.#reads.all(this.#tables.sources, "ORDER BY name");
  }

  readFiles(source: string): Promise<readonly FileRow[]> {
    return this.#reads.all(this.#tables.files, "WHERE source = ? ORDER BY path", source);
  }

  readFile(source: string, path: string): Promise<FileRow | null> {
    return this.#reads.one(this.#tables.files, "WHERE source = ? AND path = ?", source, path);
  }

  async readSpec(specOid: string): Promise<RoomSpec | null> {
    return this.#spec(specOid, specOf);
  }

  async readSpecText(specOid: string): Promise<Uint8Array | null> {
    return this.#spec(specOid, specTextOf);
  }

  async readSeed(oid: string): Promise<Uint8Array | null> {
    try {
      return await readSeed(this.#statements, oid, () => this.#checkOpen());
    } catch (error) {
      throw this.#watch.toError(error);
    }
  }

  readConfirmations(roomId: string | null, nowMs: number): Promise<readonly ConfirmationRow[]> {
    return readConfirmations(this.#reads, this.#tables.confirmations, { roomId, nowMs });
  }

  readConfirmation(id: string): Promise<ConfirmationRow | null> {
    return this.#reads.one(this.#tables.confirmations, "WHERE id = ?", id);
  }

  async readOpenIntents(roomId?: string): Promise<readonly IntentRow[]> {
    const { intents } = this.#tables;
    const open = "WHERE state = 'open'";
    if (roomId === undefined) return this.#reads.all(intents, `${open} ORDER BY seq`);
    return this.#reads.few(intents, `${open} AND room_id = ? ORDER BY seq`, roomId);
  }

  async readHistory(roomId: string, query: HistoryQuery = {}): Promise<readonly HistoryRow[]> {
    const { where, values } = historyFilter(roomId, query);
    return this.#reads.all(this.#tables.history, where, ...values);
  }

  async readPlanEpoch(): Promise<number> {
    const [row] = this.#reads.rows("SELECT confirmed FROM plan_epoch");
    return row === undefined ? 0 : numberOf(row, "confirmed");
  }

  async readDocuments<C extends Collection>(collection: C): Promise<readonly Keyed<C>[]> {
    const sql = "SELECT key, document FROM document WHERE collection = ? ORDER BY key";
    return this.#reads.rows(sql, collection).map((row) => ({
      key: textOf(row, "key"),
      document: this.#reads.watched(() =>
        fromDocument(this.#open.file, textOf(row, "document")),
      ) as Documents[C],
    }));
  }

  async readObserveOnly(): Promise<ObserveOnlyState | null> {
    const row = await this.#reads.one(this.#tables.observeOnly, "");
    if (row === null) return null;
    const released = this.#roomIds("SELECT room_id FROM observe_only_released ORDER BY room_id");
    return { ...row, released };
  }

  async readAudit(query: AuditQuery): Promise<readonly AuditRecord[]> {
    const { where, values } = auditFilter(query);
    const count = checkCount(query.count);
    const newest = `${where} ORDER BY seq DESC LIMIT ?`;
    const records = await this.#reads.first(this.#tables.audit, newest, {
      values: [...values, count],
      count,
    });
    return records.toReversed();
  }

  async sweep(beforeMs: number): Promise<void> {
    this.#checkOpen();
    try {
      this.#guard.checkForCommit();
      await this.#sweeper.sweep(beforeMs);
    } catch (error) {
      throw this.#watch.toError(error);
    }
  }

  holdSeeds<T>(work: () => Promise<T>): Promise<T> {
    return this.#sweeper.holds.during(work);
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeNow();
    return this.#closing;
  }

  async #closeNow(): Promise<void> {
    await this.#check?.stop();
    await this.#trim.close();
    await this.#commits.drain();
    await this.#sweeper.ended();
    try {
      await this.#log.close();
      await this.#readers.close();
      this.#guard.end();
      this.#open.database.close();
    } finally {
      this.#open.lock.release();
    }
  }

  #checkOpen(): void {
    if (this.#closing !== null) {
      throw storeUnavailable(this.#open.file, "it is closed: the agent is stopping");
    }
  }

  #roomIds(sql: string): readonly string[] {
    return this.#reads.rows(sql).map((row) => textOf(row, "room_id"));
  }

  #spec<T>(oid: string, read: (file: string, row: ResultRow) => T): T | null {
    const [row] = this.#reads.rows(`SELECT ${SPEC_COLUMNS} FROM spec WHERE oid = ?`, oid);
    return row === undefined ? null : this.#reads.watched(() => read(this.#open.file, row));
  }
}
