import type { ChangedFile } from "../forge/forge.ts";

/** A spec file as it is at the branch's head. */
export interface KnownSpec {
  readonly path: string;
  readonly seeds: readonly { readonly path: string }[];
}

const IGNORE_FILE = /(?:^|\/)\.roomignore$/;

export interface TouchedFiles {
  /** Paths at which specs may differ from the branch's: what was changed, and what seeds from it. */
  readonly paths: readonly string[];
  /** Whether another set of files may be read than the branch's. */
  readonly isIgnoreChanged: boolean;
}

/** Which spec files a pull request touches, by the list of files that it changes. */
export function touchedFiles(
  changed: readonly ChangedFile[],
  specs: Iterable<KnownSpec>,
): TouchedFiles {
  const paths = new Set<string>();
  for (const { path, previousPath } of changed) {
    paths.add(path);
    if (previousPath !== null) paths.add(previousPath);
  }
  const isIgnoreChanged = [...paths].some((path) => IGNORE_FILE.test(path));
  const seeding = Array.from(specs)
    .filter(({ seeds }) => seeds.some((seed) => paths.has(seed.path)))
    .map(({ path }) => path);
  return { paths: [...new Set([...paths, ...seeding])].sort(), isIgnoreChanged };
}
