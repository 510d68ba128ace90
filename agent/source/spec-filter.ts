import { matchesAnyGlob } from "../config/glob.ts";
import type { SpecPatterns } from "../config/config.ts";
import { quoted } from "../kernel/quoted.ts";
import { listed, shortened } from "../kernel/shortened.ts";
import { readIgnoreFiles, refuseSlow, type IgnoreFile } from "./room-ignore.ts";
import type { IgnoredSpec, SourceWarning } from "./spec-source.ts";

export interface SpecFilter {
  readonly patterns: SpecPatterns;
  readonly ignoreFiles: readonly IgnoreFile[];
  /** `Path` of the source; `.`: the root. */
  readonly folder: string;
}

export const ALL_FILES: SpecPatterns = { include: ["*"], exclude: [] };

/** The same for the same patterns; empty for those that keep no file out. */
export function patternsText({ include, exclude }: SpecPatterns): string {
  const isAll = include.includes("*") && exclude.length === 0;
  return isAll ? "" : JSON.stringify([include, exclude]);
}

export interface FilteredSpecs<Spec> {
  readonly kept: readonly Spec[];
  /** They are there and are not read. */
  readonly ignored: readonly IgnoredSpec[];
}

/** Sorts out the specs that `Exclude`, `Include` or a `.roomignore` keeps from being read. Pure; throws `IgnoreFileInvalid`. */
export function filterSpecs<Spec extends { readonly path: string }>(
  specs: readonly Spec[],
  { patterns, ignoreFiles, folder }: SpecFilter,
): FilteredSpecs<Spec> {
  const rules = readIgnoreFiles(ignoreFiles, folder);
  refuseSlow(rules, specs.length);
  const { include, exclude } = {
    include: toGlobs(patterns.include),
    exclude: toGlobs(patterns.exclude),
  };
  const base = folder === "." ? 0 : folder.length + 1;
  const kept: Spec[] = [];
  const ignored: IgnoredSpec[] = [];
  for (const spec of specs) {
    const below = spec.path.slice(base);
    const excluding = exclude.find(({ globs }) => matchesAnyGlob(below, globs));
    const isIncluded = include.some(({ globs }) => matchesAnyGlob(below, globs));
    const by =
      excluding !== undefined
        ? `excluded by Exclude ${quoted(shortened(excluding.text, 80))}`
        : !isIncluded
          ? "not included by Include"
          : ignoredBy(rules.whyIgnored(spec.path));
    if (by === null) kept.push(spec);
    else ignored.push({ path: spec.path, by });
  }
  return { kept, ignored };
}

/** Says how many specs are there and are not read. */
export function ignoredWarnings(ignored: readonly IgnoredSpec[]): readonly SourceWarning[] {
  if (ignored.length === 0) return [];
  const files = ignored.length === 1 ? "a spec is" : `${ignored.length} specs are`;
  const named = ignored.slice(0, 10).map(({ path, by }) => `${path} (${by})`);
  const list = listed(named, { total: ignored.length, each: 400 });
  return [{ reason: "SpecsIgnored", message: `${files} in the source and not read: ${list}` }];
}

function ignoredBy(line: string | null): string | null {
  return line === null ? null : `ignored by ${line}`;
}

/** `**` and a slash stand for no folder, too. */
function toGlobs(texts: readonly string[]) {
  return texts.map((text) => ({ text, globs: [text, text.replaceAll("**/", "")] }));
}
