import type { AuditQuery } from "./store.ts";

/** The records that a query asks for, as a condition and what stands for its question marks. */
export function auditFilter({ correlationId, roomId }: Omit<AuditQuery, "count">): {
  readonly where: string;
  readonly values: readonly string[];
} {
  const filters: string[] = [];
  const values: string[] = [];
  if (correlationId !== undefined) {
    filters.push("correlation_id = ?");
    values.push(correlationId);
  }
  if (roomId !== undefined) {
    filters.push("room_id = ?");
    values.push(roomId);
  }
  return { where: filters.length === 0 ? "" : `WHERE ${filters.join(" AND ")}`, values };
}
