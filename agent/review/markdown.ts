import { escaped } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";

/** What a code span shows of a text. */
const SPAN_CHARACTERS = 400;

/**
 * Text from outside as a code span, on one line: in one, forges make no link, mention, image or HTML of it. What could break or
 * disguise the line is escaped, and the span's fence is longer than any run of backticks in it.
 */
export function codeSpan(text: string, most = SPAN_CHARACTERS): string {
  const line = escaped(shortened(text, most)).replace(/\s+/g, " ");
  if (line.trim() === "") return "`\\u0020`";
  const runs = line.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  const isAtEdge = /^[` ]|[` ]$/.test(line);
  return isAtEdge ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Code spans in a row. */
export function codeSpans(texts: readonly string[]): string {
  return texts.map((text) => codeSpan(text)).join(", ");
}
