import type { Room } from "../../agent/room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  ObserveOnlyRow,
  ObserveOnlyState,
  SourceRow,
} from "../../agent/room/rows.ts";
import type { Collection, DocumentChange, Documents, Keyed } from "../../agent/room/documents.ts";
import type { RoomSpec } from "../../agent/spec/room-spec.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { hasUnused, withUsed } from "../../agent/room/confirmations.ts";
import { parseTime, storeConflict, storeRefused } from "../../agent/store/store-refused.ts";
import { ALL_ROOMS, KEPT_VERIFIED } from "../../agent/store/store.ts";
import type { RoomPage, StoreChange } from "../../agent/store/store.ts";
import { DocumentMap } from "./document-map.ts";

export interface Blob {
  /** Base64. */
  readonly bytes: string;
  readonly spec: RoomSpec | null;
  readonly writtenMs: number;
}

/** What stays when a MemoryStore is closed. */
export function createTables() {
  return {
    rooms: new DocumentMap<Room>(),
    sources: new DocumentMap<SourceRow>(),
    files: new DocumentMap<FileRow>(),
    specs: new DocumentMap<Blob>(),
    seeds: new DocumentMap<Blob>(),
    confirmations: new DocumentMap<ConfirmationRow>(),
    intents: new DocumentMap<IntentRow>(),
    history: new DocumentMap<HistoryRow>(),
    audit: new DocumentMap<AuditRecord>(),
    planEpoch: new DocumentMap<{ readonly confirmed: number }>(),
    documents: new DocumentMap<DocumentChange>(),
    observeOnly: new DocumentMap<ObserveOnlyRow>(),
    released: new DocumentMap<{ readonly roomId: string }>(),
  };
}

type Tables = ReturnType<typeof createTables>;

export type ObserveOnlyChange = Extract<
  StoreChange,
  { kind: "observeOnly" | "roomReleased" | "observeOnlyEnded" }
>;

/** It is neither expired nor used up. */
export function isWaiting(row: ConfirmationRow, nowMs: number): boolean {
  return Date.parse(row.expiresAt) > nowMs && hasUnused(row);
}

export function applyConfirmation(
  { confirmations }: Tables,
  change: Extract<StoreChange, { kind: "confirmation" | "confirmationUsed" }>,
): void {
  if (change.kind === "confirmation") {
    parseTime(change.row.expiresAt, `confirmation ${change.row.id}`);
    if (!confirmations.has(change.row.id)) {
      confirmations.set(change.row.id, withUsed(change.row, []));
    }
    return;
  }
  const row = confirmations.get(change.id);
  if (row === null) throw storeRefused(`there is no confirmation ${change.id} to use up`);
  confirmations.set(change.id, withUsed(row, change.items));
}

export function applyIntent(
  { intents }: Tables,
  change: Extract<StoreChange, { kind: "intent" | "intentEnded" }>,
): void {
  if (change.kind === "intent") {
    parseTime(change.row.createdAt, `intent ${change.row.id}`);
    if (intents.has(change.row.id)) throw storeRefused(`intent ${change.row.id} is there already`);
    return intents.set(change.row.id, change.row);
  }
  const row = intents.get(change.id);
  if (row?.state === "open") intents.set(change.id, { ...row, state: change.state });
}

export function applyRoom(
  tables: Tables,
  change: Extract<StoreChange, { kind: "room" | "roomForgotten" }>,
): void {
  if (change.kind === "room") return putRoom(tables, change.row);
  const { roomId } = change;
  const { rooms, confirmations, intents, released, planEpoch } = tables;
  const confirmed = Math.max(epochIn(tables), rooms.get(roomId)?.confirmedRequests ?? 0);
  planEpoch.set(THE_ROW, { confirmed });
  rooms.delete(roomId);
  confirmations.drop((row) => row.roomId === roomId);
  released.delete(roomId);
  for (const row of intents.filter((one) => one.roomId === roomId && one.state === "open"))
    intents.set(row.id, { ...row, state: "unknown" });
}

function putRoom({ rooms }: Tables, row: Room): void {
  const { roomId, version } = row;
  const found = rooms.get(roomId);
  const stored = found?.version ?? 0;
  if (stored !== version) throw storeConflict(roomId, stored, version);
  if (JSON.stringify(found) !== JSON.stringify(row))
    rooms.set(roomId, { ...row, version: version + 1 });
}

export function applyDocument({ documents }: Tables, change: DocumentChange): void {
  const key = `${change.collection}/${change.key}`;
  if (change.document === null) documents.delete(key);
  else documents.set(key, change);
}

export function documentsIn<C extends Collection>(
  { documents }: Tables,
  collection: C,
): readonly Keyed<C>[] {
  const found = documents.filter((one) => one.collection === collection);
  return sortedBy(found, ({ key }) => key).map(({ key, document }) => ({
    key,
    document: document as Documents[C],
  }));
}

/** The key of a table of one row. */
export const THE_ROW = "1";

export function epochIn({ planEpoch }: Tables): number {
  return planEpoch.get(THE_ROW)?.confirmed ?? 0;
}

export function applyObserveOnly(tables: Tables, change: ObserveOnlyChange): void {
  const { observeOnly, released } = tables;
  switch (change.kind) {
    case "observeOnly":
      if (!observeOnly.has(THE_ROW)) observeOnly.set(THE_ROW, change.row);
      return;
    case "roomReleased":
      if (observeOnly.has(THE_ROW)) released.set(change.roomId, { roomId: change.roomId });
      return;
    case "observeOnlyEnded":
      observeOnly.delete(THE_ROW);
      released.drop(() => true);
  }
}

export function observeOnlyIn({ observeOnly, released }: Tables): ObserveOnlyState | null {
  const row = observeOnly.get(THE_ROW);
  return row === null
    ? null
    : {
        ...row,
        released: released
          .all()
          .map(({ roomId }) => roomId)
          .sort(),
      };
}

export function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

export function historyKey(row: HistoryRow): string {
  return keyOf(row.roomId, row.inputsDigest, row.revision, row.outcome);
}

export function toBytes(blob: Blob | null | undefined): Uint8Array | null {
  return blob ? new Uint8Array(Buffer.from(blob.bytes, "base64")) : null;
}

export function pageOf(
  rooms: DocumentMap<Room>,
  { after, count }: RoomPage = ALL_ROOMS,
): readonly Room[] {
  const ids = sortedBy(rooms.keys(), (roomId) => roomId);
  const start = after === null ? 0 : ids.findIndex((roomId) => isAfter(roomId, after));
  const page = start < 0 ? [] : ids.slice(start, start + count);
  return page.flatMap((roomId) => rooms.get(roomId) ?? []);
}

function isAfter(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0;
}

export function sortedBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...rows].sort((a, b) => Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b))));
}

/** Keys of the verified rows that stay in each room whatever their age. */
export function newestVerified(rows: readonly HistoryRow[]): ReadonlySet<string> {
  const verified = rows.filter(({ outcome }) => outcome === "verified");
  const byRoom = Map.groupBy(verified, ({ roomId }) => roomId);
  return new Set([...byRoom.values()].flatMap((own) => own.slice(-KEPT_VERIFIED).map(historyKey)));
}
