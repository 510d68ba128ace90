import { splitItem, type Item } from "./item.ts";
import { observabilityDigests } from "./observability-digests.ts";
import type { Action, ActionKind, NotObservableMark, Plan } from "./plan.ts";
import type { RoomState } from "./room-state.ts";
import { indexState, type StateIndex } from "./state-index.ts";

/** Whether `action` is one that was written before, against the same answer, and did not show. */
export function isMarked(
  action: Action,
  marks: ReadonlyMap<string, NotObservableMark>,
  observed: StateIndex,
): boolean {
  const mark = marks.get(markKey(action));
  if (mark === undefined) return false;
  const digests = observabilityDigests(action, observed);
  return mark.desired === digests.desired && mark.observed === digests.observed;
}

export function indexMarks(
  marks: readonly NotObservableMark[],
): ReadonlyMap<string, NotObservableMark> {
  return new Map(marks.map((mark) => [markKey(mark), mark]));
}

/**
 * The marks that VERIFY leaves: one for each action that `remaining` (the plan made from the read-back `observed`) still
 * has although the server took a write for the same thing in this pass.
 */
export function toNotObservableMarks(verified: {
  readonly succeeded: readonly Action[];
  readonly remaining: Plan;
  readonly observed: RoomState;
}): readonly NotObservableMark[] {
  const observed = indexState(verified.observed);
  const written = new Set(verified.succeeded.map(aspectKey));
  return verified.remaining.actions
    .filter((action) => written.has(aspectKey(action)))
    .filter((action) => action.kind !== "promote" || isUnpromoted(action.item, observed))
    .map((action) => toNotObservableMark(action, observed));
}

/** The mark that keeps `action` from being planned again while both sides stay as they are. */
export function toNotObservableMark(action: Action, observed: StateIndex): NotObservableMark {
  return { item: action.item, kind: action.kind, ...observabilityDigests(action, observed) };
}

/** A promote may remain only because its seed does; then its own read-back has nothing to say. */
function isUnpromoted(item: Item, observed: StateIndex): boolean {
  return observed.artifacts.get(splitItem(item).name)?.isPromoted === false;
}

export function markKey(marked: { readonly kind: ActionKind; readonly item: Item }): string {
  return `${marked.kind} ${marked.item}`;
}

/** A join that did not show leaves a join or a replace, so both write the same thing. */
function aspectKey(action: Action): string {
  return markKey({ kind: action.kind === "replace" ? "join" : action.kind, item: action.item });
}
