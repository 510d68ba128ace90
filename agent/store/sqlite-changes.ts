import { inputBlobs } from "./blob-refs.ts";
import type { BlobRef } from "./blob-refs.ts";
import { withUsed } from "../room/confirmations.ts";
import type { Room } from "../room/room.ts";
import type { ConfirmationRow, FileRow, HistoryRow, IntentRow } from "../room/rows.ts";
import type { DocumentChange } from "../room/documents.ts";
import { fromDocument, numberOf, textOf, toDocument } from "./sqlite-document.ts";
import { addSeed } from "./sqlite-seeds.ts";
import type { Statements } from "./sqlite-statements.ts";
import { parseTime, storeConflict, storeRefused } from "./store-refused.ts";
import { addAudit, type RowChange } from "./sqlite-audit.ts";
import { addSpec } from "./sqlite-specs.ts";
import { sameJson } from "../kernel/json.ts";
import { nextDocument, toStoredRoom } from "./room-document.ts";
import { roomOf } from "./sqlite-rows.ts";
import { cachedRoom, RoomCache, type CachedRoom } from "./sqlite-room-cache.ts";
import { toStoredFile, toStoredHistory } from "./row-documents.ts";
import type { StoreChange } from "./store.ts";

/** A blob handed in again within this time (ms) is not marked again: the sweep waits longer than that. */
export const TOUCH_MS = 600_000;

type ObserveOnlyChange = Extract<
  StoreChange,
  { kind: "observeOnly" | "roomReleased" | "observeOnlyEnded" }
>;

export interface ChangeWriterOptions {
  readonly statements: Statements;
  /** For messages. */
  readonly file: string;
  readonly nowMs: () => number;
  /** Keeps each room that is written. Default: a cache of its own. */
  readonly rooms?: RoomCache;
  /** Called with a seed that a row does not refer to any more. */
  readonly onSeedFreed?: (oid: string) => void;
}

/** Turns changes into rows, inside a transaction that the caller holds. */
export class ChangeWriter {
  readonly #statements: Statements;
  readonly #file: string;
  readonly #nowMs: () => number;
  readonly #rooms: RoomCache;
  readonly #onSeedFreed: (oid: string) => void;

  constructor(options: ChangeWriterOptions) {
    this.#statements = options.statements;
    this.#file = options.file;
    this.#nowMs = options.nowMs;
    this.#rooms = options.rooms ?? new RoomCache();
    this.#onSeedFreed = options.onSeedFreed ?? (() => undefined);
  }

  /** Writes one change whole. */
  apply(change: RowChange): void {
    for (const _step of this.applyInSteps(change)) continue;
  }

  /** The same in steps, between which the caller may let others do something else: a large seed has many. */
  *applyInSteps(change: RowChange): Generator<void> {
    if (change.kind === "spec" || change.kind === "seed") yield* this.#blob(change);
    else this.#row(change);
  }

  #row(change: Exclude<RowChange, { kind: "spec" | "seed" }>): void {
    switch (change.kind) {
      case "room":
        return this.#room(change.row);
      case "roomForgotten":
        return this.#forget(change.roomId);
      case "source":
        this.#run(
          `INSERT INTO source (name, document) VALUES (?, ?) ON CONFLICT (name)
           DO UPDATE SET document = excluded.document WHERE document <> excluded.document`,
          [change.row.name, toDocument(change.row)],
        );
        return;
      case "file":
        return this.#fileRow(change.row);
      case "fileGone":
        this.#run("DELETE FROM file WHERE source = ? AND path = ?", [change.source, change.path]);
        return this.#refer(fileHolder(change.source, change.path), []);
      case "confirmation":
        return this.#confirmation(change.row);
      case "confirmationUsed":
        return this.#confirmationUsed(change);
      case "intent":
        return this.#intent(change.row);
      case "intentEnded":
        this.#run("DELETE FROM intent WHERE id = ?", [change.id]);
        return;
      case "history":
        return this.#history(change.row);
      case "document":
        return this.#document(change);
      case "observeOnly":
      case "roomReleased":
      case "observeOnlyEnded":
        return this.#observeOnly(change);
      case "auditPack":
        return addAudit(this.#statements, change.records);
    }
  }

  #room(row: Room): void {
    const { roomId, version } = row;
    const before = this.#rooms.get(roomId) ?? this.#roomInFile(roomId);
    const known = before?.version ?? 0;
    if (known !== version) throw storeConflict(roomId, known, version);
    const unchanged = toDocument(toStoredRoom(row));
    if (before?.document === unchanged) return;
    const source = row.owner?.kind === "git" ? row.owner.source : null;
    const verified = row.verified?.digest ?? null;
    const document = nextDocument(unchanged, row);
    this.#run(
      `INSERT INTO room (room_id, source, enforced_digest, verified_digest, document)
       VALUES (?, ?, ?, ?, ?) ON CONFLICT (room_id) DO UPDATE SET source = excluded.source,
         enforced_digest = excluded.enforced_digest, verified_digest = excluded.verified_digest,
         document = excluded.document`,
      [
        roomId,
        source,
        row.enforced?.digest ?? null,
        verified === row.enforced?.digest ? null : verified,
        document,
      ],
    );
    const after = cachedRoom({ ...row, version: version + 1 }, document);
    this.#rooms.set(after);
    if (before !== undefined && sameJson(after.blobs, before.blobs)) return;
    this.#refer(`room/${roomId}`, after.blobs);
  }

  #roomInFile(roomId: string): CachedRoom | undefined {
    const found = this.#statements.get("SELECT document FROM room WHERE room_id = ?").get(roomId);
    if (found === undefined) return undefined;
    const document = textOf(found, "document");
    return cachedRoom(roomOf(this.#file, roomId, document), document);
  }

  #forget(roomId: string): void {
    this.#run(
      `UPDATE plan_epoch SET confirmed = max(confirmed, coalesce((
         SELECT json_extract(document, '$.confirmedRequests') FROM room WHERE room_id = ?), 0))`,
      [roomId],
    );
    this.#run("DELETE FROM room WHERE room_id = ?", [roomId]);
    this.#rooms.delete(roomId);
    this.#run("DELETE FROM confirmation WHERE room_id = ?", [roomId]);
    this.#run("DELETE FROM observe_only_released WHERE room_id = ?", [roomId]);
    this.#run("DELETE FROM intent WHERE room_id = ?", [roomId]);
    this.#refer(`room/${roomId}`, []);
  }

  #fileRow(row: FileRow): void {
    const changed = this.#run(
      `INSERT INTO file (source, path, document) VALUES (?, ?, ?) ON CONFLICT (source, path)
       DO UPDATE SET document = excluded.document WHERE document <> excluded.document`,
      [row.source, row.path, toDocument(toStoredFile(row))],
    );
    if (changed) this.#refer(fileHolder(row.source, row.path), inputBlobs(row.inputs));
  }

  /** Makes `refs` what the holder needs; most changes of a row leave that as it was. */
  #refer(holder: string, refs: readonly BlobRef[]): void {
    const wanted = new Map(refs.map((ref) => [`${ref.kind}/${ref.oid}`, ref]));
    const held = this.#statements
      .get("SELECT kind, oid FROM blob_ref WHERE holder = ?")
      .all(holder);
    for (const row of held) {
      const kind = textOf(row, "kind");
      const oid = textOf(row, "oid");
      if (wanted.delete(`${kind}/${oid}`)) continue;
      if (kind === "seed") this.#onSeedFreed(oid);
      this.#run("DELETE FROM blob_ref WHERE holder = ? AND kind = ? AND oid = ?", [
        holder,
        kind,
        oid,
      ]);
    }
    for (const { kind, oid } of wanted.values()) {
      this.#run("INSERT INTO blob_ref (holder, kind, oid) VALUES (?, ?, ?)", [holder, kind, oid]);
    }
  }

  *#blob(change: Extract<StoreChange, { kind: "spec" | "seed" }>): Generator<void> {
    const nowMs = this.#nowMs();
    const oid = change.kind === "spec" ? change.specOid : change.oid;
    const held = this.#statements
      .get(`SELECT touched_ms FROM ${change.kind} WHERE oid = ?`)
      .get(oid);
    if (held !== undefined) {
      if (Math.abs(nowMs - numberOf(held, "touched_ms")) < TOUCH_MS) return;
      this.#run(`UPDATE ${change.kind} SET touched_ms = ? WHERE oid = ?`, [nowMs, oid]);
    } else if (change.kind === "spec") {
      addSpec(this.#statements, { ...change, oid, touchedMs: nowMs });
    } else {
      yield* addSeed(this.#statements, { oid, touchedMs: nowMs, bytes: change.bytes });
    }
  }

  #confirmation(row: ConfirmationRow): void {
    this.#run(
      `INSERT INTO confirmation (id, room_id, expires_ms, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
      [
        row.id,
        row.roomId,
        parseTime(row.expiresAt, `confirmation ${row.id}`),
        toDocument(withUsed(row, [])),
      ],
    );
  }

  #confirmationUsed(change: Extract<StoreChange, { kind: "confirmationUsed" }>): void {
    const found = this.#statements
      .get("SELECT document FROM confirmation WHERE id = ?")
      .get(change.id);
    if (found === undefined) {
      throw storeRefused(`there is no confirmation ${change.id} to use up`);
    }
    const row = fromDocument(this.#file, textOf(found, "document")) as ConfirmationRow;
    this.#run("UPDATE confirmation SET document = ? WHERE id = ?", [
      toDocument(withUsed(row, change.items)),
      change.id,
    ]);
  }

  #document({ collection, key, document }: DocumentChange): void {
    this.#run("DELETE FROM document WHERE collection = ? AND key = ?", [collection, key]);
    if (document === null) return;
    this.#run("INSERT INTO document (collection, key, document) VALUES (?, ?, ?)", [
      collection,
      key,
      toDocument(document),
    ]);
  }

  #intent(row: IntentRow): void {
    const added = this.#run(
      `INSERT INTO intent (id, room_id, state, created_ms, document) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
      [
        row.id,
        row.roomId,
        row.state,
        parseTime(row.createdAt, `intent ${row.id}`),
        toDocument(row),
      ],
    );
    if (!added) throw storeRefused(`intent ${row.id} is there already`);
  }

  #history(row: HistoryRow): void {
    this.#run(
      `INSERT INTO history (room_id, inputs_digest, revision, outcome, time_ms, document)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [
        row.roomId,
        row.inputsDigest,
        row.revision,
        row.outcome,
        parseTime(row.time, `history row of ${row.roomId}`),
        toDocument(toStoredHistory(row)),
      ],
    );
  }

  #observeOnly(change: ObserveOnlyChange): void {
    switch (change.kind) {
      case "observeOnly":
        this.#run("INSERT INTO observe_only (id, document) VALUES (1, ?) ON CONFLICT DO NOTHING", [
          toDocument(change.row),
        ]);
        return;
      case "roomReleased":
        this.#run(
          `INSERT INTO observe_only_released (room_id)
           SELECT ? WHERE EXISTS (SELECT 1 FROM observe_only) ON CONFLICT DO NOTHING`,
          [change.roomId],
        );
        return;
      case "observeOnlyEnded":
        this.#run("DELETE FROM observe_only", []);
        this.#run("DELETE FROM observe_only_released", []);
    }
  }

  /** True when a row was added, changed or deleted. */
  #run(sql: string, values: readonly (string | number | null | Uint8Array)[]): boolean {
    return Number(this.#statements.get(sql).run(...values).changes) > 0;
  }
}

/** A source's name has no slash, so no two files share a holder. */
function fileHolder(source: string, path: string): string {
  return `file/${source}/${path}`;
}
