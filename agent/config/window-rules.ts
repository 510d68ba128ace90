import { quoted } from "../kernel/quoted.ts";
import { valueAt } from "./check.ts";
import { matchesAnyGlob } from "./glob.ts";
import { nearest } from "../kernel/nearest.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";
import { scheduleProblems } from "./schedule-rules.ts";

const WINDOWS = ["Operator", "SyncWindows"];

/** What is wrong with sync windows that their schema cannot see: a line that never fires, a source that is not there. */
export function checkWindows(tree: unknown): {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
} {
  const windows = valueAt(tree, WINDOWS);
  const paths = Array.isArray(windows) ? [...windows.keys()].map((at) => [...WINDOWS, at]) : [];
  const sources = sourceNames(tree);
  const globs = paths.flatMap((path) => globsAt(tree, [...path, "Sources"]));
  return {
    problems: [
      ...paths.flatMap((path) => scheduleProblems(tree, [...path, "Schedule"])),
      ...globs.flatMap((glob) => unknownSource(glob, sources)),
    ],
    warnings: globs.flatMap((glob) => emptyGlob(glob, sources)),
  };
}

interface Glob {
  readonly key: string;
  readonly text: string;
}

/** A window that a typing error keeps from its rooms would protect nothing. */
function unknownSource({ key, text }: Glob, sources: readonly string[]): Problem[] {
  if (text.includes("*") || sources.includes(text)) return [];
  const near = nearest(text, sources);
  const hint =
    near === undefined ? "name a source of Git.Sources" : `did you mean ${quoted(near)}?`;
  return [{ key, message: `${quoted(text)} is not a configured source; ${hint}` }];
}

function emptyGlob({ key, text }: Glob, sources: readonly string[]): Problem[] {
  const isEmpty = !["", ...sources].some((name) => matchesAnyGlob(name, [text]));
  return text.includes("*") && isEmpty
    ? [
        {
          key,
          message: `${quoted(text)} matches no configured source: the window is for none of their rooms`,
        },
      ]
    : [];
}

function globsAt(tree: unknown, path: KeyPath): Glob[] {
  const globs = valueAt(tree, path);
  if (!Array.isArray(globs)) return [];
  return globs.flatMap((text: unknown, at) =>
    typeof text === "string" ? [{ key: toKey([...path, at]), text }] : [],
  );
}

function sourceNames(tree: unknown): readonly string[] {
  const sources = valueAt(tree, ["Git", "Sources"]);
  if (!Array.isArray(sources)) return [];
  const names = sources.map((_, at): unknown => valueAt(tree, ["Git", "Sources", at, "Name"]));
  return names.filter((name) => typeof name === "string");
}
