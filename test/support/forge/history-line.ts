import type { HistoryEvent } from "../../../agent/forge/forge.ts";

/** Such as `push, +confirm, merge`. */
export function historyLine(events: readonly HistoryEvent[]): string {
  return events
    .map((event) => {
      if (event.kind === "labelAdded") return `+${event.label.name}`;
      return event.kind === "labelRemoved" ? `-${event.label.name}` : event.kind;
    })
    .join(", ");
}
