import { OperatorError } from "../../agent/kernel/errors.ts";
import { inputBlobs, roomBlobs } from "../../agent/store/blob-refs.ts";
import type { Collection, Keyed } from "../../agent/room/documents.ts";
import type { Room } from "../../agent/room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  ObserveOnlyState,
  SourceRow,
} from "../../agent/room/rows.ts";
import type { RoomSpec } from "../../agent/spec/room-spec.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { checkCount, parseTime, storeRefused } from "../../agent/store/store-refused.ts";
import type { AuditQuery, HistoryQuery, Store, StoreChange } from "../../agent/store/store.ts";
import type { DocumentMap } from "./document-map.ts";
import {
  applyConfirmation,
  isWaiting,
  applyDocument,
  applyIntent,
  applyObserveOnly,
  applyRoom,
  createTables,
  documentsIn,
  epochIn,
  historyKey,
  keyOf,
  newestVerified,
  observeOnlyIn,
  pageOf,
  sortedBy,
  toBytes,
  type Blob,
} from "./memory-tables.ts";

/** A Store without a disk, for tests. Passes the same contract suite as the real one. */
export class MemoryStore implements Store {
  /** The batches that were written, oldest first. */
  readonly written: (readonly StoreChange[])[] = [];
  /** Runs before a batch is written: to hold it up, to fail it, or to let something else happen first. */
  beforeWrite: (changes: readonly StoreChange[]) => Promise<void> | void = () => undefined;
  /** Runs when a batch is written, before its writer hears of it. */
  afterWrite: (changes: readonly StoreChange[]) => Promise<void> | void = () => undefined;
  readonly #nowMs: () => number;
  #tables = createTables();
  #fail = { from: 0, to: 0 };
  #calls = 0;
  #audits = 0;
  #closed = false;
  checkWritable = async (): Promise<void> => void this.#open();

  constructor(nowMs: () => number = () => Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  /** The `nth` write from now (1: the next) and the `count - 1` after it reject with `StoreUnavailable`. */
  failWrites(nth = 1, count = 1): void {
    const from = this.#calls + nth;
    this.#fail = { from, to: from + count };
  }

  /** Closes this store and gives what a restart finds: another one over the same rows. */
  reopen(): MemoryStore {
    this.#closed = true;
    const next = new MemoryStore(this.#nowMs);
    next.#tables = this.#tables;
    next.#audits = this.#audits;
    return next;
  }

  /** Every intent there ever was, closed ones included, oldest first. */
  get allIntents(): readonly IntentRow[] {
    return this.#tables.intents.all();
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#open();
    this.#calls += 1;
    const call = this.#calls;
    await this.beforeWrite(changes);
    if (call >= this.#fail.from && call < this.#fail.to) {
      throw new OperatorError("StoreUnavailable", "the disk is full: free some space");
    }
    const tables = Object.values(this.#tables);
    for (const table of tables) table.begin();
    try {
      for (const change of changes) this.#apply(change);
    } catch (error) {
      for (const table of tables) table.rollback();
      throw error instanceof OperatorError ? error : storeRefused("not a row", error);
    }
    this.written.push(changes);
    await this.afterWrite(changes);
  }

  async readRoom(roomId: string): Promise<Room | null> {
    return this.#open().rooms.get(roomId);
  }

  async readRooms(page?: Parameters<Store["readRooms"]>[0]): Promise<readonly Room[]> {
    return pageOf(this.#open().rooms, page);
  }

  async readRoomIds(): Promise<readonly string[]> {
    return (await this.readRooms()).map((row) => row.roomId);
  }

  async readRoomsOf(source: string): Promise<readonly Room[]> {
    const isOf = ({ owner }: Room) => owner?.kind === "git" && owner.source === source;
    return (await this.readRooms()).filter(isOf);
  }

  async readSource(name: string): Promise<SourceRow | null> {
    return this.#open().sources.get(name);
  }

  async readSources(): Promise<readonly SourceRow[]> {
    return sortedBy(this.#open().sources.all(), ({ name }) => name);
  }

  async readFiles(source: string): Promise<readonly FileRow[]> {
    const files = this.#open().files.filter((row) => row.source === source);
    return sortedBy(files, (row) => row.path);
  }

  async readFile(source: string, path: string): Promise<FileRow | null> {
    return this.#open().files.get(keyOf(source, path));
  }

  async readSpec(specOid: string): Promise<RoomSpec | null> {
    return this.#open().specs.get(specOid)?.spec ?? null;
  }

  async readSpecText(specOid: string): Promise<Uint8Array | null> {
    return toBytes(this.#open().specs.get(specOid));
  }

  async readSeed(oid: string): Promise<Uint8Array | null> {
    return toBytes(this.#open().seeds.get(oid));
  }

  async readConfirmations(of: string | null, nowMs: number): Promise<readonly ConfirmationRow[]> {
    const isOf = ({ roomId }: ConfirmationRow) => of === null || roomId === of;
    const { confirmations } = this.#open();
    return confirmations.filter((row) => isOf(row) && isWaiting(row, nowMs));
  }

  async readConfirmation(id: string): Promise<ConfirmationRow | null> {
    return this.#open().confirmations.filter((row) => row.id === id)[0] ?? null;
  }

  async readOpenIntents(roomId?: string): Promise<readonly IntentRow[]> {
    return this.#open().intents.filter(
      (row) => row.state === "open" && (roomId === undefined || row.roomId === roomId),
    );
  }

  async readHistory(roomId: string, query: HistoryQuery = {}): Promise<readonly HistoryRow[]> {
    const { count, ...wanted } = query;
    const rows = this.#open().history.all();
    const filters = Object.entries({ roomId, ...wanted }) as [keyof HistoryRow, unknown][];
    return rows
      .filter((row) => filters.every(([key, value]) => value === undefined || row[key] === value))
      .reverse()
      .slice(0, count === undefined ? undefined : checkCount(count));
  }

  async readPlanEpoch(): Promise<number> {
    return epochIn(this.#open());
  }

  async readDocuments<C extends Collection>(collection: C): Promise<readonly Keyed<C>[]> {
    return documentsIn(this.#open(), collection);
  }

  async readObserveOnly(): Promise<ObserveOnlyState | null> {
    return observeOnlyIn(this.#open());
  }

  async readAudit(query: AuditQuery): Promise<readonly AuditRecord[]> {
    const count = checkCount(query.count);
    const records = this.#open().audit.all();
    const matching = records.filter(
      (record) =>
        (query.correlationId === undefined || record.correlationId === query.correlationId) &&
        (query.roomId === undefined || record.metadata.room === query.roomId),
    );
    return count === 0 ? [] : matching.slice(-count);
  }

  /** Nothing goes here but in a sweep. */
  holdSeeds<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async sweep(beforeMs: number): Promise<void> {
    const { audit, intents, confirmations, history } = this.#open();
    const isOld = (iso: string) => Date.parse(iso) < beforeMs;
    audit.drop((record) => isOld(record.timestamp));
    intents.drop((row) => row.state !== "open" && isOld(row.createdAt));
    confirmations.drop((row) => isOld(row.expiresAt));
    const last = new Map(history.all().map((row) => [row.roomId, historyKey(row)]));
    const newest = newestVerified(history.all());
    history.drop(
      (row, key) => isOld(row.time) && last.get(row.roomId) !== key && !this.#isOfUse(row, newest),
    );
    this.#dropBlobs(beforeMs);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.#closed = true;
  }

  #isOfUse(row: HistoryRow, newest: ReadonlySet<string>): boolean {
    if (row.outcome !== "verified") return false;
    const room = this.#tables.rooms.get(row.roomId);
    const held = [room?.enforced?.digest, room?.verified?.digest];
    return held.includes(row.inputsDigest) || newest.has(historyKey(row));
  }

  #dropBlobs(beforeMs: number): void {
    const { rooms, files, specs, seeds, history } = this.#tables;
    const refs = [
      ...rooms.all().flatMap(roomBlobs),
      ...files.all().flatMap((row) => inputBlobs(row.inputs)),
    ];
    const told = history.all().filter(({ time }) => Date.parse(time) >= beforeMs);
    const needed = new Set([
      ...refs.map(({ kind, oid }) => `${kind}/${oid}`),
      ...told.map(({ specOid }) => `spec/${specOid}`),
    ]);
    const cutoffMs = this.#nowMs() - 3_600_000;
    specs.drop(({ writtenMs }, oid) => writtenMs < cutoffMs && !needed.has(`spec/${oid}`));
    seeds.drop(({ writtenMs }, oid) => writtenMs < cutoffMs && !needed.has(`seed/${oid}`));
  }

  #apply(change: StoreChange): void {
    const { sources, files, specs, seeds } = this.#tables;
    switch (change.kind) {
      case "room":
      case "roomForgotten":
        return applyRoom(this.#tables, change);
      case "source":
        return sources.set(change.row.name, change.row);
      case "file":
        return files.set(keyOf(change.row.source, change.row.path), change.row);
      case "fileGone":
        return files.delete(keyOf(change.source, change.path));
      case "spec":
        return this.#keepBlob(specs, change.specOid, { bytes: change.text, spec: change.spec });
      case "seed":
        return this.#keepBlob(seeds, change.oid, { bytes: change.bytes, spec: null });
      case "confirmation":
      case "confirmationUsed":
        return applyConfirmation(this.#tables, change);
      case "intent":
      case "intentEnded":
        return applyIntent(this.#tables, change);
      case "history":
      case "audit":
        return this.#applyRecord(change);
      case "document":
        return applyDocument(this.#tables, change);
      case "observeOnly":
      case "roomReleased":
      case "observeOnlyEnded":
        return applyObserveOnly(this.#tables, change);
    }
  }

  #applyRecord(change: Extract<StoreChange, { kind: "history" | "audit" }>): void {
    const { history, audit } = this.#tables;
    if (change.kind === "audit") {
      parseTime(change.record.timestamp, `audit record ${change.record.action}`);
      this.#audits += 1;
      return audit.set(String(this.#audits), change.record);
    }
    parseTime(change.row.time, `history row of ${change.row.roomId}`);
    const key = historyKey(change.row);
    if (!history.has(key)) history.set(key, change.row);
  }

  #keepBlob(
    blobs: DocumentMap<Blob>,
    oid: string,
    blob: { bytes: Uint8Array; spec: RoomSpec | null },
  ): void {
    const bytes = Buffer.from(blob.bytes).toString("base64");
    const kept = blobs.get(oid) ?? { bytes, spec: blob.spec };
    blobs.set(oid, { ...kept, writtenMs: this.#nowMs() });
  }

  #open() {
    if (this.#closed) throw new OperatorError("StoreUnavailable", "the store is closed");
    return this.#tables;
  }
}
