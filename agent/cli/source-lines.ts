import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";

/** A place in a file that was built: `file:///…/dist/<folder>/<name>.js:<line>:<column>`. */
const PLACE = /file:\/\/[^\s():]*\/dist\/\w+\/[^\s():]+\.js:\d+:\d+/g;
/** More of a stack says nothing new. */
const MOST_PLACES = 50;

/**
 * A stack of errors as the sources would have it. The maps are read only then: to keep them at hand costs each start. A place without a
 * map stays as it is. Never throws.
 */
export function inSourceLines(stack: string): string {
  const maps = new Map<string, SourceMap | null>();
  let places = 0;
  return stack.replace(PLACE, (place) => {
    places += 1;
    if (places > MOST_PLACES) return place;
    const [, file = "", line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
    const map = maps.get(file) ?? readMap(file);
    maps.set(file, map);
    const found = map?.findOrigin(Number(line), Number(column));
    if (found === undefined || !("fileName" in found)) return place;
    return `${new URL(found.fileName, file).href}:${found.lineNumber}:${found.columnNumber}`;
  });
}

function readMap(file: string): SourceMap | null {
  try {
    const payload: unknown = JSON.parse(readFileSync(fileURLToPath(`${file}.map`), "utf8"));
    return new SourceMap(payload as SourceMapPayload);
  } catch {
    return null;
  }
}
