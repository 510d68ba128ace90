import { isDeepStrictEqual } from "node:util";
import { toKey, type KeyPath, type Problem } from "./problem.ts";
import { reloadRuleOf } from "./reload-rules.ts";
import type { Settings, SourceSettings } from "./schema.ts";

/** One difference between two configurations. Values are left out: they may be secrets. */
export interface ConfigChange {
  readonly what: "added" | "removed" | "changed" | "reordered";
  /** As in a message about the configuration file: `Git.Sources[1].Path`. Of what was removed: its place in the old file. */
  readonly key: string;
  /** The source it is about; null: none. */
  readonly source: string | null;
}

/** What a new configuration asks for. It is carried out as a whole, or not at all. */
export type ConfigDifference =
  | { readonly kind: "none" }
  | { readonly kind: "live"; readonly changes: readonly ConfigChange[] }
  | {
      readonly kind: "refused";
      /** The keys that cannot change while the agent runs, each with why and what to do. */
      readonly problems: readonly Problem[];
      readonly changes: readonly ConfigChange[];
    };

/** What is different in `next`, and whether it may change while the agent runs. Pure. */
export function compareSettings(before: Settings, next: Settings): ConfigDifference {
  const { Git: gitBefore, ...restBefore } = before;
  const { Git: gitNext, ...restNext } = next;
  const changes = [
    ...differences(restBefore, restNext, []).map((path) => changeAt(path, null)),
    ...sourceChanges(gitBefore.Sources, gitNext.Sources),
  ];
  if (changes.length === 0) return { kind: "none" };
  const problems = changes.flatMap(({ key }) => refusalOf(key));
  return problems.length === 0 ? { kind: "live", changes } : { kind: "refused", problems, changes };
}

function refusalOf(key: string): readonly Problem[] {
  const rule = reloadRuleOf(key);
  if (rule?.kind === "live") return [];
  const why = rule?.why ?? "it is not known to be safe";
  const message = `cannot change while the agent runs: ${why}`;
  return [{ key, message }];
}

function changeAt(path: KeyPath, source: string | null): ConfigChange {
  return { what: "changed", key: toKey(path), source };
}

function sourceChanges(
  before: readonly SourceSettings[],
  next: readonly SourceSettings[],
): readonly ConfigChange[] {
  const isIn = (list: readonly SourceSettings[]) => {
    const names = new Set(list.map(({ Name }) => Name));
    return ({ Name }: SourceSettings) => names.has(Name);
  };
  const namesOf = (list: readonly SourceSettings[]) => list.map(({ Name }) => Name);
  const removed = before.flatMap((source, position): ConfigChange[] =>
    isIn(next)(source) ? [] : [{ what: "removed", ...placeOf(source, position) }],
  );
  const others = next.flatMap((source, position): ConfigChange[] => {
    const old = before.find(({ Name }) => Name === source.Name);
    if (old === undefined) return [{ what: "added", ...placeOf(source, position) }];
    const paths = differences(old, source, ["Git", "Sources", position]);
    return paths.map((path) => changeAt(path, source.Name));
  });
  const isSameOrder = isDeepStrictEqual(
    namesOf(before.filter(isIn(next))),
    namesOf(next.filter(isIn(before))),
  );
  const order: readonly ConfigChange[] = isSameOrder
    ? []
    : [{ what: "reordered", key: "Git.Sources", source: null }];
  return [...removed, ...others, ...order];
}

function placeOf({ Name }: SourceSettings, position: number) {
  return { key: toKey(["Git", "Sources", position]), source: Name };
}

/** The paths of the values that differ. Lists are compared as a whole; what one side leaves out differs too. */
function differences(before: unknown, next: unknown, path: KeyPath): readonly KeyPath[] {
  if (isDeepStrictEqual(before, next)) return [];
  if (!isSection(before) || !isSection(next)) return [path];
  const names = new Set([...Object.keys(before), ...Object.keys(next)]);
  return [...names].flatMap((name) => differences(before[name], next[name], [...path, name]));
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
