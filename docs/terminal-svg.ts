/*
 * A terminal session as an SVG of text: one `<text>` for a line, one `<tspan>` for a row of it. Own renderer: recorders of
 * terminals are larger than the agent, and the picture needs only lines, a prompt and three colours.
 */

const COLUMNS = 104;
const ROW_PX = 19;
const CHAR_PX = 8.43;
const MARGIN_PX = 18;
const TITLE_PX = 34;

const COLOURS = { typed: "#f0f6fc", output: "#9da7b3", good: "#56d364", waits: "#e3b341" } as const;

/** Lines that begin with `$ ` were typed. A line is wrapped at blanks; `title` is for screen readers and the window's bar. */
export function renderTerminal(title: string, lines: readonly string[]): string {
  const wrapped = lines.map((line) => ({ rows: wrap(line), colour: colourOf(line) }));
  const count = wrapped.reduce((sum, { rows }) => sum + rows.length, 0);
  const width = Math.ceil(COLUMNS * CHAR_PX + 2 * MARGIN_PX);
  const height = TITLE_PX + count * ROW_PX + MARGIN_PX;
  let y = TITLE_PX;
  const texts = wrapped.map(({ rows, colour }) => {
    const spans = rows.map((row) => {
      y += ROW_PX;
      return `<tspan x="${MARGIN_PX}" y="${y}">${escaped(row)}</tspan>`;
    });
    return `<text xml:space="preserve" fill="${colour}">${spans.join("")}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...["#ff5f56", "#ffbd2e", "#27c93f"].map(
      (colour, index) => `<circle cx="${20 + index * 20}" cy="18" r="6" fill="${colour}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">`,
    ...texts,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** The title and the lines that `renderTerminal` made an SVG of. */
export function readTerminal(svg: string): { title: string; lines: readonly string[] } {
  const [, title = ""] = /<title>([^<]*)<\/title>/.exec(svg) ?? [];
  const texts = [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)];
  const lines = texts.map(([, spans = ""]) =>
    [...spans.matchAll(/<tspan [^>]*>([^<]*)<\/tspan>/g)]
      .map(([, row]) => unescaped(row ?? ""))
      .join(" "),
  );
  return { title: unescaped(title), lines };
}

function colourOf(line: string): string {
  if (line.startsWith("$ ")) return COLOURS.typed;
  if (line.includes("Converged")) return COLOURS.good;
  return /would be removed|Confirm: /.test(line) ? COLOURS.waits : COLOURS.output;
}

/** Rows of at most `COLUMNS` characters where there are blanks to break at. */
function wrap(line: string): readonly string[] {
  const rows: string[] = [];
  let rest = line;
  while (rest.length > COLUMNS) {
    const at = rest.lastIndexOf(" ", COLUMNS);
    if (at <= 0) break;
    rows.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...rows, rest];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
