import { upperFirst } from "../kernel/joined.ts";
import type { LabelConfig } from "../config/config.ts";
import type { LabelConfirm, LabelDryRun } from "../intent/commit-labels.ts";
import type { PullRequestLabels } from "../intent/label-words.ts";
import { labelLine } from "../intent/label-words.ts";
import type { IgnoredWord } from "../intent/commit-words.ts";
import type { ShownPlan } from "../room/shown-plan.ts";
import type { ForgePerson, HistoryEvent, LabelHistory, PullRequest } from "./forge.ts";

/** What is known of a merged pull request when its labels are read. */
export interface MergedFacts {
  readonly pull: PullRequest;
  readonly history: LabelHistory;
  /** What the agent showed in it, newest last. */
  readonly plans: readonly ShownPlan[];
  /** Position after which another plan than the newest of them may have stood there; null: none did. */
  readonly changingAfter: number | null;
  readonly rules: LabelConfig;
  /** The id that a label of this name has; null: none is known. */
  readonly pinnedId: (name: string) => string | null;
  /** Whether a person may confirm by a label, of those that `confirmers` gives. */
  readonly mayConfirm: (person: ForgePerson) => boolean;
  /** Why no confirmation counts in this history, in words; null: it may. */
  readonly noConfirm: string | null;
}

type LabelEvent = Extract<HistoryEvent, { position: number }>;

/** The rooms a label's name is about; null: it is none of ours. */
export function labelScope(name: string, base: string): "all" | { readonly room: string } | null {
  if (name === base) return "all";
  return name.startsWith(`${base}/`) && name.length > base.length + 1
    ? { room: name.slice(base.length + 1) }
    : null;
}

/**
 * Whose right to confirm has to be known before `labelIntent` can be asked: the persons whose label stands at the merge.
 */
export function confirmers({
  history,
  rules,
}: Pick<MergedFacts, "history" | "rules">): readonly ForgePerson[] {
  const { events } = beforeMerge(history);
  const setters = standing(events).filter(
    ({ label }) => labelScope(label.name, rules.confirm) !== null,
  );
  return [...new Map(setters.map(({ person }) => [person.id, person])).values()];
}

/**
 * What the labels of a merged pull request say: those that stood at its merge, in the order of its history. A confirmation covers
 * the removals that the agent's newest plan of it showed as refused before the label was set, if nothing says against it; why not
 * is given back with the label. A dry run needs nothing of that, because it only makes safer: a label that stands there now, or
 * stood there at the merge, is enough, in any spelling of upper and lower case.
 */
export function labelIntent(facts: MergedFacts): PullRequestLabels {
  const { pull, rules } = facts;
  const { events } = beforeMerge(facts.history);
  const newest = facts.plans.at(-1);
  const confirms: LabelConfirm[] = [];
  const ignored: IgnoredWord[] = [];
  for (const event of standing(events)) {
    const scope = labelScope(event.label.name, rules.confirm);
    if (scope === null) continue;
    const line = labelLine(event.label.name, pull.number);
    const judged = judgeConfirm(event, scope, facts);
    if (typeof judged === "string") ignored.push({ line, reason: judged });
    else
      confirms.push({
        line,
        id: confirmId(facts, event),
        commit: pull.mergeSha ?? "",
        actor: actorOf(event.person),
        items: judged,
      });
  }
  return {
    number: pull.number,
    mergeSha: pull.mergeSha ?? "",
    confirms,
    dryRuns: dryRuns(events, facts),
    plans: new Map(
      Object.entries(newest?.rooms ?? {}).map(([roomId, { digest }]) => [roomId, digest]),
    ),
    ignored: [...ignored, ...lookAlikes(events, facts)],
  };
}

function confirmId({ pull }: MergedFacts, { label }: LabelEvent): string {
  return `${pull.number}@${pull.mergeSha}:${label.name}`;
}

function actorOf({ id, login }: ForgePerson): string {
  return `${login} (id ${id})`;
}

/** What a label confirms, by room; a text: why it confirms nothing, and what to do. */
function judgeConfirm(
  event: LabelEvent,
  scope: Exclude<ReturnType<typeof labelScope>, null>,
  facts: MergedFacts,
): LabelConfirm["items"] | string {
  const { pull, rules, pinnedId, noConfirm } = facts;
  const { label, person, position } = event;
  if (noConfirm !== null) return noConfirm;
  const pinned = pinnedId(label.name);
  if (label.id !== null && pinned !== null && pinned !== label.id)
    return scope === "all"
      ? LABEL_CHANGED(label.id, pinned)
      : ROOM_LABEL_CHANGED({ id: label.id, pinned, confirm: rules.confirm });
  if (!facts.mayConfirm(person)) return NOT_ALLOWED(person, rules);
  if (rules.requireOtherPerson && person.id === pull.author.id) return BY_AUTHOR(person);
  const plan = shownBefore(position, facts);
  if (typeof plan === "string") return plan;
  const later = changeAfter(event, facts.history);
  if (later !== null) return CHANGED_AFTER(later);
  // It had this name already when the plan was shown, or the configuration says which one it is.
  const isConfigured = label.name === rules.confirm && rules.confirmId === label.id;
  const isKnown = label.id === null || isConfigured || plan.labelIds?.[label.name] === label.id;
  if (!isKnown) return LABEL_NOT_PINNED;
  const rooms = Object.entries(plan.rooms).filter(
    ([roomId, { refused }]) => refused.length > 0 && (scope === "all" || scope.room === roomId),
  );
  if (rooms.length > 0) return new Map(rooms.map(([roomId, { refused }]) => [roomId, refused]));
  return NOTHING_REFUSED(scope === "all" ? null : scope.room);
}

/** The newest plan that stood there when a label was set; a text: there was none, or not surely. */
function shownBefore(
  position: number,
  { plans, changingAfter }: Pick<MergedFacts, "plans" | "changingAfter">,
): ShownPlan | string {
  if (changingAfter !== null && changingAfter < position) return PLAN_CHANGING;
  const newest = plans.findLast(({ begunAfter }) => begunAfter < position);
  if (newest === undefined) return NO_PLAN;
  return newest.shownAfter < position ? newest : PLAN_CHANGING;
}

/** The events before the merge, and whether there was one. */
function beforeMerge({ events }: LabelHistory): {
  readonly events: readonly HistoryEvent[];
} {
  const merge = events.findLastIndex(({ kind }) => kind === "merge");
  return { events: merge === -1 ? events : events.slice(0, merge) };
}

/** For each label that is on after these events, the one that set it. Labels with one name and two ids are two labels. */
function standing(events: readonly HistoryEvent[]): readonly LabelEvent[] {
  const on = new Map<string, LabelEvent>();
  for (const event of events) {
    if (event.kind !== "labelAdded" && event.kind !== "labelRemoved") continue;
    const key = event.label.id ?? event.label.name;
    if (event.kind === "labelRemoved") on.delete(key);
    // Set again while it is on: the last person counts, who saw the last plan.
    else on.set(key, event);
  }
  return [...on.values()].sort((a, b) => a.position - b.position);
}

/** What happened to a pull request between a label and its merge; null: nothing that could change what is merged. */
function changeAfter(event: LabelEvent, history: LabelHistory): string | null {
  const { events } = beforeMerge(history);
  const after = events.slice(events.indexOf(event) + 1);
  const change = after.find(({ kind }) => Object.hasOwn(CHANGES, kind));
  return change === undefined ? null : (CHANGES[change.kind as keyof typeof CHANGES] ?? null);
}

const CHANGES = {
  push: "commits were pushed to it",
  retarget: "it was moved to another branch",
  close: "it was closed",
  reopen: "it was opened again",
} as const;

function dryRuns(events: readonly HistoryEvent[], facts: MergedFacts): readonly LabelDryRun[] {
  const { pull, rules, pinnedId } = facts;
  const set = standing(events).map(({ label }) => label);
  const base = rules.dryRun.toLowerCase();
  const found = new Map<string, LabelDryRun>();
  for (const { id, name } of [...set, ...pull.labels]) {
    const renamed = id !== null && pinnedId(rules.dryRun) === id;
    const scope = renamed ? "all" : labelScope(lowerBase(name, base), base);
    if (scope === null) continue;
    const line = labelLine(name, pull.number);
    found.set(line, { line, room: scope === "all" ? null : scope.room });
  }
  return [...found.values()];
}

/** The name with its part before `/` in lower case, if that is the label: a room id keeps its case. */
function lowerBase(name: string, base: string): string {
  const part = name.slice(0, base.length);
  return part.toLowerCase() === base ? base + name.slice(base.length) : name;
}

/** Labels that are the one that confirms but for upper and lower case. */
function lookAlikes(events: readonly HistoryEvent[], facts: MergedFacts): readonly IgnoredWord[] {
  const { pull, rules } = facts;
  const base = rules.confirm.toLowerCase();
  return standing(events)
    .filter(({ label: { name } }) => labelScope(name, rules.confirm) === null)
    .filter(({ label: { name } }) => labelScope(lowerBase(name, base), base) !== null)
    .map(({ label: { name } }) => ({
      line: labelLine(name, pull.number),
      reason: OTHER_CASE(rules.confirm),
    }));
}

const CONFIRM_NOW = "confirm what is refused in a commit that names the room, or by POST /apply";

const NO_PLAN = `NoPlanShown: a label confirms what a plan in its pull request showed, and none was shown before it was set: ${CONFIRM_NOW}`;
const PLAN_CHANGING = `NoPlanShown: a new plan was being written while the label was set, so it is not known which one it meant: ${CONFIRM_NOW}`;
const NOTHING_REFUSED = (room: string | null) =>
  room === null
    ? "NothingRefused: the plan that was shown before it was set refused nothing"
    : `NothingRefused: the plan that was shown before it was set refused nothing in room "${room}": check the id in the label's name`;
const LABEL_NOT_PINNED = `LabelNotPinned: no label of this name was known when the plan was shown, so it may be another one that was renamed: ${CONFIRM_NOW}`;
const LABEL_CHANGED = (id: string, pinned: string) =>
  `LabelChanged: the label of this name has the id ${id}, and the one that counts has ${pinned}: ` +
  `if the label was re-created, set Labels.ConfirmId to "${id}". ${upperFirst(CONFIRM_NOW)}`;
const ROOM_LABEL_CHANGED = (at: { id: string; pinned: string; confirm: string }) =>
  `LabelChanged: the label of this name has the id ${at.id}, and the one that counts has ${at.pinned}: it was re-created, or another label was renamed. ` +
  `Set the label ${at.confirm} from now on. ${upperFirst(CONFIRM_NOW)}`;
const NOT_ALLOWED = ({ id, login }: ForgePerson, { allowedPersons }: LabelConfig) =>
  allowedPersons === null
    ? `NotAllowed: ${login} (id ${id}), who set it, may not write to the repository: ${CONFIRM_NOW}`
    : `NotAllowed: ${login} (id ${id}), who set it, is not one of Labels.AllowedPersons: ${CONFIRM_NOW}`;
const BY_AUTHOR = ({ login }: ForgePerson) =>
  `NotAllowed: ${login}, who set it, is the author of the pull request, and Labels.RequireOtherPerson wants another person: ${CONFIRM_NOW}`;
const CHANGED_AFTER = (what: string) =>
  `ChangedAfterLabel: after the label was set ${what}: ${CONFIRM_NOW}`;
const OTHER_CASE = (name: string) =>
  `it is written otherwise than Labels.Confirm, which is ${name}: ${CONFIRM_NOW}`;
