import { checkCount } from "./store-refused.ts";
import type { HistoryQuery } from "./store.ts";

/** The statement that finds a room's history, last written first, and what is bound to it. */
export function historyStatement(
  roomId: string,
  query: HistoryQuery,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const filters = ["room_id = ?"];
  const values: (string | number)[] = [roomId];
  const columns = {
    spec_version: query.specVersion,
    spec_digest: query.specDigest,
    outcome: query.outcome,
  };
  for (const [column, value] of Object.entries(columns)) {
    if (value === undefined) continue;
    filters.push(`${column} = ?`);
    values.push(value);
  }
  const limit = query.count === undefined ? "" : " LIMIT ?";
  if (query.count !== undefined) values.push(checkCount(query.count));
  const where = filters.join(" AND ");
  return {
    sql: `SELECT document FROM history WHERE ${where} ORDER BY seq DESC${limit}`,
    values,
  };
}
