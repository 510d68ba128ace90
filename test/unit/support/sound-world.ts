import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import type { WriteEntry } from "../../../devserver/write-log.ts";
import type { Evidence } from "../../support/evidence.ts";

export const ROOM = "room-a";
export const OLD = `main@sha1:${"a".repeat(40)}`;
export const NEW = `main@sha1:${"b".repeat(40)}`;

/** One change of the forged pass: its intent and its outcome. */
export function change(
  requestId: string,
  action: string,
  item: string,
  more: Record<string, string | boolean> = {},
): readonly AuditRecord[] {
  const metadata = { room: ROOM, revision: NEW, requestId, item, ...more };
  return [
    record(`${action}.intended`, metadata),
    record(action, { ...metadata, outcome: "done", ...more }),
  ];
}

export function record(action: string, metadata: AuditRecord["metadata"]): AuditRecord {
  return {
    type: "event",
    action,
    correlationId: "pass-1",
    timestamp: "2026-11-26T10:00:01.000Z",
    operatorVersion: "0.1.0",
    specVersion: 2,
    metadata: { room: ROOM, revision: NEW, ...metadata },
  };
}

export function write(seq: number, op: WriteEntry["op"], target: string, requestId: string | null) {
  const at = "2026-11-26T10:00:02.000Z";
  return { seq, at, op, room: ROOM, target, requestId, effect: true };
}

/** E-1 and E-2 were there; a pass at NEW, which names E-1 and E-3, joins E-3 and kicks E-2. */
export function sound(): Evidence {
  const ours = [write(3, "join", "E-3", "req-join"), write(4, "kick", "E-2", "req-kick")];
  const audit = [
    ...change("req-join", "entity.joined", "entity/E-3"),
    ...change("req-kick", "entity.kicked", "entity/E-2"),
    record("room.converged", { outcome: "converged" }),
  ];
  return {
    writes: ours,
    laterWrites: [write(1, "join", "E-1", null), write(2, "join", "E-2", null), ...ours],
    audit: new Map([[ROOM, audit]]),
    earlierAudit: new Map([[ROOM, audit.slice(0, 2)]]),
    rooms: [{ roomId: ROOM, verifiedRevision: NEW } as Evidence["rooms"][number]],
    confirmations: [],
    labelled: [],
    rehearsed: new Set(),
    named: (revision) => (revision === NEW ? new Set(["entity/E-1", "entity/E-3"]) : null),
    changeThreshold: 0.5,
    settled: true,
    outputs: [{ name: "the log", text: "all is well" }],
    secrets: ["canary"],
  };
}

export const withAudit = (audit: readonly AuditRecord[]): Evidence => ({
  ...sound(),
  audit: new Map([[ROOM, audit]]),
  earlierAudit: new Map(),
});

export const auditOf = (evidence: Evidence) => evidence.audit.get(ROOM) ?? [];
