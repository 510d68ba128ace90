import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { REMOVALS, textOf, type Evidence } from "./evidence.ts";

/** What is removed because a spec file was removed: the agent had put it there, and each removal has a confirmation of its own. */
export function prunesWhatIsConfirmed({ audit, confirmations }: Evidence): readonly string[] {
  return [...audit].flatMap(([room, records]) => {
    const prunes = records.filter((record) => isPrune(record) && wasSent(record, records));
    const byItem = Map.groupBy(prunes, (record) => textOf(record, "item"));
    return [...byItem].flatMap(([item, removals]) => {
      const given = confirmations.filter((one) => one.roomId === room && one.items.includes(item));
      const first = removals[0];
      const isOurs = first !== undefined && wasPutThere(first, records);
      return [
        ...(isOurs ? [] : [`${room}: ${item} was pruned, and the agent had not put it there`]),
        ...(removals.length <= given.length
          ? []
          : [
              `${room}: ${item} was pruned ${removals.length} times by ${given.length} confirmations`,
            ]),
      ];
    });
  });
}

function isPrune({ action, metadata }: AuditRecord): boolean {
  return REMOVALS.includes(action) && metadata["cause"] === "prune";
}

/** False where the removal was refused, cut off or not done: then it is tried again under the same confirmation. */
function wasSent(intent: AuditRecord, records: readonly AuditRecord[]): boolean {
  const id = textOf(intent, "requestId");
  const end = records.find(
    (record) => textOf(record, "requestId") === id && !record.action.endsWith(".intended"),
  );
  return end === undefined || ["done", "unknown"].includes(textOf(end, "outcome"));
}

const ADDITIONS: readonly string[] = ["entity.joined", "entity.updated", "artifact.seeded"];

function wasPutThere(removal: AuditRecord, records: readonly AuditRecord[]): boolean {
  return records
    .slice(0, records.indexOf(removal))
    .some(
      (record) =>
        ADDITIONS.includes(record.action) &&
        textOf(record, "item") === textOf(removal, "item") &&
        record.metadata["outcome"] === "done",
    );
}
