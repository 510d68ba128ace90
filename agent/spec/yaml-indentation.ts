/** Lines above the one in question that are read; a block that is longer begins somewhere else. */
const MOST_LINES = 2000;

/**
 * The line at or next to `line` (which counts from 1) whose indentation fits none of the lines above it; the line itself where that
 * is not known. Offset of its first character, and what to do.
 */
export function indentationFault(
  text: string,
  line: number,
): { readonly offset: number; readonly message: string } {
  const lines = text.split("\n", line + 1);
  const odd = oddLine(lines, line) ?? line;
  const before = lines.slice(0, odd - 1);
  const own = lines[odd - 1] ?? "";
  const offset = before.reduce((sum, each) => sum + each.length + 1, 0) + indentOf(own);
  return {
    offset,
    message: `check the indentation of line ${odd}: the members of a mapping begin at one column, and so do the \`-\` of a list`,
  };
}

function oddLine(lines: readonly string[], line: number): number | null {
  const levels: number[] = [];
  let opens = true;
  for (const [at, text] of lines.entries()) {
    if (at < line - MOST_LINES || /^\s*(?:#.*)?$/.test(text)) continue;
    const indent = indentOf(text);
    while ((levels.at(-1) ?? -1) > indent) levels.pop();
    const known = levels.at(-1) === indent;
    if (!known && !opens && at + 1 >= line - 1) return at + 1;
    if (!known) levels.push(indent);
    const dashes = /^(?:- +)+/.exec(text.slice(indent))?.[0].length ?? 0;
    if (dashes > 0) levels.push(indent + dashes);
    opens = /(?::|-|[|>][-+\d]*)\s*(?:#.*)?$/.test(text);
  }
  return null;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
