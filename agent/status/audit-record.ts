import type { JsonValue } from "../kernel/json.ts";

/**
 * One line of the audit, as the specification shapes it. `command` is what a person asked for; everything else is an
 * `event`. `metadata` has, where they apply: room, revision, phase, outcome, actor, reason.
 */
export interface AuditRecord {
  readonly type: "command" | "event";
  /** `entity.joined`, `artifact.seeded.intended`, `room.refused`, `source.failed`, … */
  readonly action: string;
  readonly correlationId: string;
  /** ISO time. */
  readonly timestamp: string;
  readonly operatorVersion: string;
  readonly specVersion: number | null;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}
