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
  /** The id of the pull request's author. */
  readonly author: string;
  /** The ids of labels by their names, as they are pinned. */
  readonly labelIds: Readonly<Record<string, string>>;
}

/** Whether each label that confirms was set after what is shown now was shown, and was known by its name then. */
export function labelNotes(
  { labels, history, row, now, author, labelIds }: LabelsNow,
  { confirm, confirmId, requireOtherPerson }: LabelConfig,
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
      const pinned = name === confirm && confirmId !== null ? confirmId : labelIds[name];
      const isKnown = id === null || isConfigured || before?.labelIds?.[name] === id;
      const isOther = id !== null && pinned !== undefined && pinned !== id;
      if (isOther) return { name, why: otherLabel(name, { id, pinned, confirm }) };
      const isShown = before?.digest === now.digest && before.head === now.head;
      if (!isShown) return { name, why: SET_AGAIN };
      if (!isKnown) return { name, why: NOT_PINNED };
      const isOwn = requireOtherPerson && setBy(label, history) === author;
      return { name, why: isOwn ? BY_AUTHOR : null };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const SET_AGAIN =
  "was set before this plan was shown, and confirms nothing of it. Remove it, wait until this line is gone, then set it again.";
const NOT_PINNED =
  "confirms nothing (LabelNotPinned): no label of this name was known when this plan was shown, so it may be another one that was renamed. Remove it, wait until this line is gone, then set it again.";
const BY_AUTHOR =
  "confirms nothing: the author of the pull request set it, and another person has to.";

/** `ConfirmId`, and the warning that leads to it, are of the label that confirms for all rooms. */
function otherLabel(
  name: string,
  { id, pinned, confirm }: { id: string; pinned: string; confirm: string },
): string {
  const next =
    name === confirm
      ? "Ask those who run the agent to look at its warning LabelChanged."
      : `Set \`${confirm}\` instead.`;
  return `confirms nothing: it has the id ${id}, and the one that counts has ${pinned}. ${next}`;
}

/** The id of the person who set the label last; null where that is not known. */
function setBy(label: ForgeLabel, history: LabelHistory): string | null {
  const position = setAt(label, history);
  const event = history.events.find((one) => "position" in one && one.position === position);
  return event !== undefined && "position" in event ? event.person.id : null;
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
