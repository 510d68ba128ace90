/**
 * Markdown without what it holds in code spans, by the rule of CommonMark: a run of backticks opens a span that the next run of the
 * same length closes; one that none closes is text. A span ends at the end of its paragraph at the latest.
 */
export function outsideCode(markdown: string): string {
  return markdown
    .split(/\n\s*\n/)
    .map(outsideSpans)
    .join("\n\n");
}

function outsideSpans(paragraph: string): string {
  let rest = paragraph;
  let outside = "";
  for (;;) {
    const opening = /`+/.exec(rest);
    if (opening === null) return outside + rest;
    const [run] = opening;
    const behind = rest.slice(opening.index + run.length);
    const closing = [...behind.matchAll(/`+/g)].find(([each]) => each.length === run.length);
    outside += rest.slice(0, opening.index);
    if (closing === undefined) {
      outside += run;
      rest = behind;
    } else {
      outside += "␣";
      rest = behind.slice(closing.index + run.length);
    }
  }
}
