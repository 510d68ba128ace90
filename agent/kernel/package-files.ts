/*
 * Where files of this package are. The program runs from its sources, or from what `npm run build` made of them: files of one folder
 * that is two levels deep in the package, as `agent/kernel/` is.
 */
const PACKAGE = new URL("../../", import.meta.url);
const IS_BUILT = import.meta.url.endsWith(".js");

/** A file or folder of the package; `path` from its top. */
export function packageFile(path: string): URL {
  return new URL(path, PACKAGE);
}

/** The program of a thread: a source of `agent/`, named from there and without its ending. `bin/build.js` has the list of them. */
export function threadProgram(name: string): URL {
  if (!IS_BUILT) return packageFile(`agent/${name}.ts`);
  return new URL(`./${name.slice(name.lastIndexOf("/") + 1)}.js`, import.meta.url);
}
