import { pack } from "../kernel/pack.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { AuditChange } from "./audit-trail.ts";
import { fromDocument, toDocument } from "./sqlite-document.ts";
import { unpack } from "./sqlite-packed.ts";
import type { Statements } from "./sqlite-statements.ts";
import { parseTime } from "./store-refused.ts";
import type { StoreChange } from "./store.ts";

/** Records in one row: whoever reads one of them reads all. */
const MOST_RECORDS = 50;

/** Records of one batch that were made at the same time, in one room and for one cause: they are one row. */
export interface AuditPack {
  readonly kind: "auditPack";
  readonly records: readonly AuditRecord[];
}

/** What is written: the audit of a batch in as few rows as keep its order. */
export type RowChange = Exclude<StoreChange, AuditChange> | AuditPack;

export function packAudit(changes: readonly StoreChange[]): readonly RowChange[] {
  const packed: RowChange[] = [];
  let open: AuditRecord[] = [];
  for (const change of changes) {
    if (change.kind !== "audit") {
      packed.push(change);
      continue;
    }
    const [first] = open;
    if (first === undefined || open.length >= MOST_RECORDS || !isAlike(first, change.record)) {
      open = [];
      packed.push({ kind: "auditPack", records: open });
    }
    open.push(change.record);
  }
  return packed;
}

function isAlike(one: AuditRecord, other: AuditRecord): boolean {
  return (
    one.timestamp === other.timestamp &&
    one.correlationId === other.correlationId &&
    one.metadata.room === other.metadata.room
  );
}

export function addAudit(statements: Statements, records: readonly AuditRecord[]): void {
  const [first] = records;
  if (first === undefined) return;
  const { room } = first.metadata;
  const document = toDocument(records);
  const packed = pack(Buffer.from(document));
  statements
    .get(
      `INSERT INTO audit (time_ms, correlation_id, room_id, document, records)
       VALUES (?, ?, ?, ?, ?)`,
    )
    .run(
      parseTime(first.timestamp, `audit record ${first.action}`),
      first.correlationId,
      typeof room === "string" ? room : null,
      packed === null ? document : "[]",
      packed,
    );
}

/** The records of a row, newest first: packed, or in `document`. There, a row of an older agent has its only one. */
export function recordsOf(
  file: string,
  { document, packed }: { readonly document: string; readonly packed: Uint8Array | null },
): readonly AuditRecord[] {
  const text = packed === null ? document : unpack(file, packed).toString("utf8");
  const records = fromDocument(file, text) as AuditRecord | readonly AuditRecord[];
  return [records].flat().toReversed();
}
