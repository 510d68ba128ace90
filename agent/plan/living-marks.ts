import { makePlan } from "./make-plan.ts";
import { indexMarks, isMarked, markKey } from "./not-observable.ts";
import type { NotObservableMark, PlanInput } from "./plan.ts";
import { indexState } from "./state-index.ts";

/**
 * The marks of `input` that still hold something back. One whose desired or observed side changed, or whose action is not
 * wanted any more, is void for good: it must not come back to life when the old values do.
 */
export function livingMarks(input: PlanInput): readonly NotObservableMark[] {
  if (input.notObservable.length === 0) return [];
  const marks = indexMarks(input.notObservable);
  const observed = indexState(input.observed);
  const held = makePlan({ ...input, notObservable: [] })
    .actions.filter((action) => isMarked(action, marks, observed))
    .map(markKey);
  const living = new Set(held);
  return input.notObservable.filter((mark) => living.has(markKey(mark)));
}
