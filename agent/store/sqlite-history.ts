import { checkCount } from "./store-refused.ts";
import type { HistoryQuery } from "./store.ts";

/** What finds a room's history, last written first, and what is bound to it. */
export function historyFilter(
  roomId: string,
  query: HistoryQuery,
): { readonly where: string; readonly values: readonly (string | number)[] } {
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
  return { where: `WHERE ${filters.join(" AND ")} ORDER BY seq DESC${limit}`, values };
}
