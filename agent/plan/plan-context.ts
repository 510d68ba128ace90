import { indexMarks } from "./not-observable.ts";
import type { NotObservableMark, PlanInput } from "./plan.ts";
import { indexState, type StateIndex } from "./state-index.ts";

/** A plan's input, indexed once for all kinds. */
export interface PlanContext {
  readonly input: PlanInput;
  readonly observed: StateIndex;
  readonly marks: ReadonlyMap<string, NotObservableMark>;
}

export function toPlanContext(input: PlanInput): PlanContext {
  return {
    input,
    observed: indexState(input.observed),
    marks: indexMarks(input.notObservable),
  };
}
