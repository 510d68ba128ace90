import { toIso } from "../../agent/kernel/clock.ts";
import type { RoomInputs, Room } from "../../agent/room/room.ts";
import type {
  ConfirmationRow,
  FileRow,
  HistoryRow,
  IntentRow,
  SourceRow,
} from "../../agent/room/rows.ts";
import { emptyRoom } from "../../agent/room/empty-room.ts";
import { emptySource } from "../../agent/room/empty-source.ts";
import type { Quarantine } from "../../agent/room/quarantine.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { A_ROOM, anEntity } from "./a-room-spec.ts";

/** The wall time at which the rows of these builders were made: that of a new FakeClock. */
export const ROW_MS = Date.UTC(2026, 0, 1);

/** Inputs whose digest and spec are named after `name`; seeds are given by their blob ids. */
export function anInput(name = "1", seedOids: readonly string[] = []): RoomInputs {
  return {
    digest: `digest-${name}`,
    specOid: `spec-${name}`,
    specDigest: `spec-digest-${name}`,
    specVersion: 1,
    path: "rooms/harbor7.room.yaml",
    seeds: seedOids.map((oid) => ({ path: `seeds/${oid}.md`, kind: "present", oid, size: 3 })),
    revision: `main@sha1:${name}`,
    author: "Ada <ada@example.org>",
    committedAt: toIso(ROW_MS),
  };
}

/** A room of source `main` that nothing has happened to yet. */
export function aRoomRow(given: Partial<Room> = {}): Room {
  const owner = { kind: "git", source: "main", path: "rooms/harbor7.room.yaml" } as const;
  return { ...emptyRoom(A_ROOM, owner), ...given };
}

export function aSourceRow(given: Partial<SourceRow> = {}): SourceRow {
  return {
    ...emptySource({
      name: "main",
      url: "http://127.0.0.1/specs.git",
      ref: "main",
      path: ".",
    }),
    ...given,
  };
}

export function aFileRow(given: Partial<FileRow> = {}): FileRow {
  return {
    source: "main",
    path: "rooms/harbor7.room.yaml",
    oid: "spec-1",
    roomId: A_ROOM,
    valid: true,
    errors: [],
    warnings: [],
    inputs: null,
    ...given,
  };
}

/** A confirmation of one removal, good for a day. */
export function aConfirmation(given: Partial<ConfirmationRow> = {}): ConfirmationRow {
  return {
    id: "confirmation-1",
    roomId: A_ROOM,
    origin: "commit",
    originId: "c0ffee",
    actor: "Ada <ada@example.org>",
    named: false,
    items: ["entity/E-1"],
    inputs: null,
    used: [],
    createdAt: toIso(ROW_MS),
    expiresAt: toIso(ROW_MS + 86_400_000),
    ...given,
  };
}

/** An open intent to join E-1. */
export function anIntent(given: Partial<IntentRow> = {}): IntentRow {
  return {
    id: "intent-1",
    roomId: A_ROOM,
    correlationId: "correlation-1",
    revision: "main@sha1:1",
    specVersion: 1,
    phase: "APPLY",
    action: { kind: "join", item: "entity/E-1", entity: anEntity("E-1") },
    state: "open",
    createdAt: toIso(ROW_MS),
    ...given,
  };
}

/** Inputs `2` that were rolled back, all of it taken back. */
export function aQuarantine(given: Partial<Quarantine> = {}): Quarantine {
  return {
    digest: "digest-2",
    revision: "main@sha1:2",
    specVersion: 2,
    correlationId: "correlation-2",
    reason: "RolledBack",
    message: "2 of 3 actions failed",
    since: toIso(ROW_MS),
    undone: [{ action: "join", item: "entity/E-2" }],
    notUndone: [],
    pending: [],
    ...given,
  };
}

export function aHistoryRow(given: Partial<HistoryRow> = {}): HistoryRow {
  return {
    roomId: A_ROOM,
    specVersion: 1,
    specDigest: "spec-digest-1",
    inputsDigest: "digest-1",
    revision: "main@sha1:1",
    path: "rooms/harbor7.room.yaml",
    specOid: "spec-1",
    author: null,
    time: toIso(ROW_MS),
    outcome: "observed",
    ...given,
  };
}

export function anAuditRecord(given: Partial<AuditRecord> = {}): AuditRecord {
  return {
    type: "event",
    action: "entity.joined",
    correlationId: "correlation-1",
    timestamp: toIso(ROW_MS),
    operatorVersion: "0.1.0",
    specVersion: 1,
    metadata: { room: A_ROOM },
    ...given,
  };
}
