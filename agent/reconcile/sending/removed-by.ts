import type { Item } from "../../plan/item.ts";
import type { ActionReport } from "./perform-action.ts";

/**
 * What a read after these actions need not show: what the RoomServer answered that it removed, and what an update may have taken out.
 * A removal without such an answer proves nothing: that most is missing after it needs a second read (L5).
 */
export function removedBy(reports: readonly ActionReport[]): readonly Item[] {
  return reports
    .filter(({ action: { kind }, result }) =>
      kind === "kick" || kind === "delete"
        ? result.kind === "done"
        : kind === "replace" && result.kind !== "notSent",
    )
    .map(({ action }) => action.item);
}
