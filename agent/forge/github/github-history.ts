import type { HistoryEvent } from "../forge.ts";
import { inOrder } from "../history-order.ts";
import type { Timed } from "../history-order.ts";
import type { ActivityWire, IssueEventWire } from "./github-wire.ts";

export interface GithubHistory {
  /** Of the pull request, all of them, in any order. */
  readonly events: readonly IssueEventWire[];
  /** What happened to its head branch. Null: GitHub does not say it, so a push may have come at any time. */
  readonly activities: readonly ActivityWire[] | null;
}

/**
 * What happened to a pull request up to its merge. GitHub numbers its events in their order. Pushes are not among them, and a commit's
 * own date is whatever its author says: they are taken from the activity of the head branch, by GitHub's time.
 */
export function githubEvents({ events, activities }: GithubHistory): readonly HistoryEvent[] {
  const sorted = events.toSorted((a, b) => a.id - b.id);
  const mergedAt = sorted.findIndex(({ event }) => event === "merged");
  const merge = mergedAt < 0 ? undefined : sorted[mergedAt];
  const until = mergedAt < 0 ? sorted : sorted.slice(0, mergedAt);
  const ordered = until.flatMap((wire) => {
    const event = toEvent(wire);
    return event === null ? [] : [{ atMs: wire.created_at, event }];
  });
  const scattered = {
    ordered: merge === undefined ? ordered : withoutOwnClose(ordered),
    loose: activities === null ? [] : activities.map(toPush),
    merge: null,
  };
  const end: Timed | null =
    merge === undefined
      ? null
      : { atMs: merge.created_at, event: { kind: "merge", person: merge.actor } };
  if (activities !== null) return inOrder({ ...scattered, merge: end });
  const unknown: HistoryEvent = { kind: "push", person: null };
  return [...inOrder(scattered), unknown, ...(end === null ? [] : [end.event])];
}

/** A closed pull request cannot be merged: a close without a reopen after it is the merge's own. */
function withoutOwnClose(ordered: readonly Timed[]): readonly Timed[] {
  const last = ordered.findLastIndex(
    ({ event: { kind } }) => kind === "close" || kind === "reopen",
  );
  return ordered[last]?.event.kind === "close" ? ordered.toSpliced(last, 1) : ordered;
}

function toPush({ timestamp, actor }: ActivityWire): Timed {
  return { atMs: timestamp, event: { kind: "push", person: actor } };
}

const KINDS: Readonly<Record<string, Exclude<HistoryEvent["kind"], "merge">>> = {
  labeled: "labelAdded",
  unlabeled: "labelRemoved",
  head_ref_force_pushed: "push",
  head_ref_restored: "push",
  base_ref_changed: "retarget",
  automatic_base_change_succeeded: "retarget",
  closed: "close",
  reopened: "reopen",
};

function toEvent({ id, event, actor, label }: IssueEventWire): HistoryEvent | null {
  const kind = Object.hasOwn(KINDS, event) ? KINDS[event] : undefined;
  if (kind === undefined) return null;
  if (kind !== "labelAdded" && kind !== "labelRemoved") return { kind, person: actor };
  return {
    kind,
    label: { id: null, name: label?.name ?? "" },
    person: actor ?? { id: "-1", login: "ghost" },
    position: id,
  };
}
