import type { HistoryEvent } from "../forge.ts";
import { inOrder } from "../history-order.ts";
import type { Timed } from "../history-order.ts";
import type { LabelEventWire, NoteWire, StateEventWire, VersionWire } from "./gitlab-wire.ts";

export interface GitlabHistory {
  readonly labels: readonly LabelEventWire[];
  readonly states: readonly StateEventWire[];
  readonly versions: readonly VersionWire[];
  readonly notes: readonly NoteWire[];
}

/**
 * What happened to a merge request up to its merge. Each list numbers its own events; only GitLab's time says which of two lists came
 * first. A push is a new version of the diff, which no text can imitate; a change of the target branch is a note of GitLab's own.
 */
export function gitlabEvents(history: GitlabHistory): readonly HistoryEvent[] {
  const { labels, states, versions, notes } = history;
  const merged = states
    .toSorted((a, b) => a.created_at - b.created_at)
    .find(({ state }) => state === "merged");
  const merge: Timed | null =
    merged === undefined
      ? null
      : { atMs: merged.created_at, event: { kind: "merge", person: merged.user } };
  const untilMs = merge?.atMs ?? Infinity;
  return inOrder({
    ordered: labels
      .toSorted((a, b) => a.id - b.id)
      .filter(({ created_at }) => created_at <= untilMs)
      .flatMap(toLabelEvent),
    loose: [
      ...versions.map(({ created_at }) => timed(created_at, { kind: "push", person: null })),
      ...notes.flatMap(toNoteEvent),
      ...states.flatMap(toStateEvent),
    ],
    merge,
  });
}

function timed(atMs: number, event: HistoryEvent): Timed {
  return { atMs, event };
}

/** Of a deleted label nothing is known but that it was not one that is there now. */
function toLabelEvent({ id, user, created_at, action, label }: LabelEventWire): Timed[] {
  if (label === null) return [];
  return [
    timed(created_at, {
      kind: action === "add" ? "labelAdded" : "labelRemoved",
      label: { id: String(label.id), name: label.name },
      person: user,
      position: id,
    }),
  ];
}

/** The words of GitLab's own note, which no translation changes. Its notes of pushes say nothing that versions do not. */
const RETARGET = /^changed target branch from /;

function toNoteEvent({ system, body, author, created_at }: NoteWire): Timed[] {
  if (!system || !RETARGET.test(body)) return [];
  return [timed(created_at, { kind: "retarget", person: author })];
}

const STATES: ReadonlyMap<string, "close" | "reopen"> = new Map([
  ["closed", "close"],
  ["reopened", "reopen"],
]);

function toStateEvent({ state, user, created_at }: StateEventWire): Timed[] {
  const kind = STATES.get(state);
  return kind === undefined ? [] : [timed(created_at, { kind, person: user })];
}
