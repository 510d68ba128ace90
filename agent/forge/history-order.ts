import type { HistoryEvent } from "./forge.ts";

/** An event and the forge's time of it, in ms. */
export interface Timed {
  readonly atMs: number;
  readonly event: HistoryEvent;
}

/** What happened to a pull request, from lists of which each has its own order. */
export interface ScatteredHistory {
  /** Up to the merge, in the forge's own order, label events among them. */
  readonly ordered: readonly Timed[];
  /** Those that only their time gives a place. In any order. */
  readonly loose: readonly Timed[];
  /** Null: not merged. A loose event that is later does not count. */
  readonly merge: Timed | null;
}

/**
 * All of them in one order. A loose event comes after every ordered one that is not later: whoever set a label in the same moment
 * as a push has not seen that push.
 */
export function inOrder({ ordered, loose, merge }: ScatteredHistory): readonly HistoryEvent[] {
  const untilMs = merge?.atMs ?? Infinity;
  const sorted = loose.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
  const placed = Map.groupBy(sorted, (each) =>
    ordered.findLastIndex(({ atMs }) => atMs <= each.atMs),
  );
  const after = (position: number) => (placed.get(position) ?? []).map(({ event }) => event);
  return [
    ...after(-1),
    ...ordered.flatMap(({ event }, position) => [event, ...after(position)]),
    ...(merge === null ? [] : [merge.event]),
  ];
}
