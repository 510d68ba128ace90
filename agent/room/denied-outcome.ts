import { listed } from "../kernel/shortened.ts";
import { isDenied, markText } from "../plan/not-observable.ts";
import type { NotObservableMark } from "../plan/plan.ts";
import type { Outcome } from "./outcome.ts";

const MARKS = { max: 5, each: 400, separator: "; " };

/**
 * How a pass ends that did all it could while the RoomServer denies a policy or content that it accepted; undefined where
 * nothing is denied. `marks`: those that are true against the last read.
 */
export function deniedOutcome(marks: readonly NotObservableMark[]): Outcome | undefined {
  const denied = marks.filter(isDenied);
  if (denied.length === 0) return undefined;
  const message = `the RoomServer accepted each write and shows another value: ${listed(denied.map(markText), MARKS)}`;
  return { kind: "denied", reason: "NotObservable", message };
}
