import type { LabelConfig } from "../config/config.ts";
import type { ForgeLabel, LabelHistory } from "../forge/forge.ts";
import type { PullRequestRow, ShownPlan } from "../room/shown-plan.ts";
import type { LabelNote } from "./review.ts";

/** The position of the newest label event; 0: there is none. */
export function newestPosition({ events }: Pick<LabelHistory, "events">): number {
  const positions = events.map((event) => ("position" in event ? event.position : 0));
  return positions.reduce((newest, position) => Math.max(newest, position), 0);
}

/** The labels by which a person confirms: for all rooms, and for one. */
export function isConfirmLabel(name: string, confirm: string): boolean {
  return name === confirm || name.startsWith(`${confirm}/`);
}

export interface LabelsNow {
  /** Those that are on. */
  readonly labels: readonly ForgeLabel[];
  readonly history: LabelHistory;
  /** What was shown. */
  readonly row: Pick<PullRequestRow, "plans" | "changingAfter">;
  /** What is shown now. */
  readonly now: Pick<ShownPlan, "head" | "digest">;
}

/** Whether each label that confirms was set after what is shown now was shown, and was known by its name then. */
export function labelNotes(
  { labels, history, row, now }: LabelsNow,
  { confirm, confirmId }: Pick<LabelConfig, "confirm" | "confirmId">,
): LabelNote[] {
  return labels
    .filter(({ name }) => isConfirmLabel(name, confirm))
    .map((label) => {
      const position = setAt(label, history);
      const { plans, changingAfter } = row;
      const isSure = position !== null && position <= (changingAfter ?? Infinity);
      const before = plans.findLast(({ shownAfter }) => isSure && shownAfter < position);
      const { id, name } = label;
      const isConfigured = name === confirm && id === confirmId;
      const isKnown = id === null || isConfigured || before?.labelIds?.[name] === id;
      const counts = isKnown && before?.digest === now.digest && before.head === now.head;
      return { name: label.name, counts };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Where the label was set last; null where that is not known. */
function setAt({ id, name }: ForgeLabel, { events, isWhole }: LabelHistory): number | null {
  if (!isWhole) return null;
  const added = events.findLast(
    (event) =>
      event.kind === "labelAdded" &&
      (id === null || event.label.id === null ? event.label.name === name : event.label.id === id),
  );
  return added !== undefined && "position" in added ? added.position : null;
}
