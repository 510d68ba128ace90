import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  RoomRow,
  SourceRow,
} from "../../agent/store/rows.ts";
import type { RoomSpec } from "../../agent/spec/room-spec.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
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
    rooms: new DocumentMap<RoomRow>(),
    sources: new DocumentMap<SourceRow>(),
    files: new DocumentMap<FileRow>(),
    specs: new DocumentMap<Blob>(),
    seeds: new DocumentMap<Blob>(),
    confirmations: new DocumentMap<ConfirmationRow>(),
    intents: new DocumentMap<IntentRow>(),
    history: new DocumentMap<HistoryRow>(),
    audit: new DocumentMap<AuditRecord>(),
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
