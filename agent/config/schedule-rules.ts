import { quoted } from "../kernel/quoted.ts";
import { valueAt } from "./check.ts";
import { cronProblem } from "./cron-schedule.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";

/** What is wrong with a cron line that its schema cannot see, such as a day that never comes. */
export function scheduleProblems(tree: unknown, path: KeyPath): readonly Problem[] {
  const line = valueAt(tree, path);
  if (typeof line !== "string") return [];
  const problem = cronProblem(line);
  return problem === null ? [] : [{ key: toKey(path), message: `${quoted(line)} ${problem}` }];
}

/** When a source is polled is said in one way. */
export function checkSchedule(tree: unknown, position: number): readonly Problem[] {
  const path = (name: string) => ["Git", "Sources", position, name];
  const has = (name: string) => valueAt(tree, path(name)) !== undefined;
  const problem = (name: string, message: string) => ({ key: toKey(path(name)), message });
  return [
    ...scheduleProblems(tree, path("Schedule")),
    ...(has("Schedule") && has("IntervalSeconds")
      ? [problem("Schedule", "cannot stand next to IntervalSeconds: remove one of them")]
      : []),
    ...(has("TimeZone") && !has("Schedule")
      ? [problem("TimeZone", "has no effect without Schedule; take it out, or write a Schedule")]
      : []),
  ];
}
