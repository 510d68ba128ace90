import { expect } from "chai";
import { errorsOf } from "../../support/parse.ts";

const HEAD = "metadata: { version: 1 }\nspec:\n  roomId: lab-01\n";
const ENTITIES = `${HEAD}  entities:\n    - id: E-1\n`;
const name = (value: string) => `${HEAD}  entities: [{ id: E-1, kind: npc }]\n  x: ${value}\n`;

const INDENT = (line: number) =>
  `check the indentation of line ${line}: the members of a mapping begin at one column, and so do the \`-\` of a list`;

const ROWS: readonly (readonly [mistake: string, text: string, error: string])[] = [
  [
    "a colon in a value",
    name("Lead: Lab"),
    '5:6 a value with `: ` in it needs quotes: write "Lead: Lab"',
  ],
  [
    "a long value with a colon",
    name(`Lead: ${"x".repeat(70)}`),
    "5:6 a value with `: ` in it needs quotes",
  ],
  [
    "a colon at a value's end",
    name("Lead:"),
    '5:6 a value that ends with `:` needs quotes: write "Lead:"',
  ],
  [
    "a list item that begins too early",
    `${ENTITIES}      kind: npc\n   - id: E-2\n      kind: npc\n    - id: E-3\n`,
    `7:4 ${INDENT(7)}`,
  ],
  [
    "a list item that begins too late",
    `${ENTITIES}      kind: npc\n     - id: E-2\n`,
    `7:6 ${INDENT(7)}`,
  ],
  [
    "a member that begins too late",
    `${ENTITIES}       kind: npc\n      displayName: x\n`,
    `6:8 ${INDENT(6)}`,
  ],
  [
    "a member that begins too early",
    `${ENTITIES}     kind: npc\n      displayName: x\n`,
    `6:6 ${INDENT(6)}`,
  ],
  ["a member where an item is expected", `${ENTITIES}    kind: npc\n`, `6:5 ${INDENT(6)}`],
  [
    "lines that end as on Windows",
    `${ENTITIES}     kind: npc\n`.replaceAll("\n", "\r\n"),
    `6:6 ${INDENT(6)}`,
  ],
  [
    "a tab in the indentation",
    `${HEAD}  entities:\n\t- id: E-1\n`,
    "5:1 a tab stands in the indentation: indent with blanks",
  ],
  [
    "a `-` without a blank",
    `${HEAD}  entities:\n    -id: E-1\n     kind: npc\n`,
    "5:10 write a blank after `-`",
  ],
  [
    "a `:` without a blank",
    `${HEAD}  entities:[]\n  artifacts: []\n`,
    "4:3 write a blank after `entities:`",
  ],
  [
    "a missing `:`",
    `${HEAD}  entities\n  artifacts: []\n`,
    "4:3 `:` is missing: write `entities:`",
  ],
  [
    "a double quote that is not closed",
    `${name('"Lab')}  y: []\n`,
    '5:6 a text that begins with `"` is not closed: write `"` at its end',
  ],
  [
    "a single quote that is not closed",
    `${name("'Lab")}  y: []\n`,
    "5:6 a text that begins with `'` is not closed: write `'` at its end",
  ],
  [
    "a quote within a text",
    name("'it's'"),
    "5:10 text follows the closing quote: write `''` for a `'` that belongs to the text",
  ],
  [
    "text after a quote",
    name('"Lab" x'),
    '5:12 text follows the closing quote: write `\\"` for a `"` that belongs to the text',
  ],
  ["text after a list", name("[a] b"), "5:10 put the whole value in quotes"],
  ["an odd first character", name("@lab"), '5:6 a value may not begin with "@": put it in quotes'],
  [
    "a path of Windows",
    name('"C:\\dir"'),
    "5:9 `\\d` stands in double quotes: write `\\\\` for a backslash, or use single quotes",
  ],
  [
    "text after `|`",
    name("|x"),
    "5:7 the text after `|` or `>` begins on the next line; or put the value in quotes",
  ],
  [
    "a comment without a blank",
    name('"Lab"#x'),
    "5:11 write a blank before `#`, or put the value in quotes",
  ],
  [
    "a bracket that is not closed",
    `${HEAD}  entities: [\n  artifacts: []\n`,
    "5:3 `]` is missing: close the `[`",
  ],
  [
    "a brace that is not closed",
    `${HEAD}  entities: [{ id: E-1 ]\n`,
    "4:24 `}` is missing: close the `{`",
  ],
  [
    "a bracket too many",
    `${HEAD}  entities: a\n  x: ]\n`,
    "5:6 `]` closes nothing: remove it, or put the value in quotes",
  ],
  [
    "a colon between brackets",
    name("[a: b: c]"),
    "5:10 between brackets, entries need `,` and a text with `: ` needs quotes; or a bracket before this is not closed",
  ],
  [
    "a comma that is missing",
    '{"metadata":{"version":1}\n "spec":{"roomId":"lab-01"}}',
    "2:2 `,` is missing before this",
  ],
  [
    "what has no words of its own",
    name("[,a]"),
    "5:7 Unexpected , in flow sequence: check this line and the one before it",
  ],
];

describe("a mistake in YAML", () => {
  for (const [mistake, text, error] of ROWS) {
    it(`is one finding with what to do: ${mistake}`, () => {
      expect(errorsOf(text).map((found) => found.replace("invalid YAML: ", ""))).to.deep.equal([
        error,
      ]);
    });
  }

  it("is reported next to another one that does not follow from it", () => {
    const errors = errorsOf(`${name("Lead: Lab")}  y: 'it's'\n`);
    expect(errors).to.have.length(2);
    expect(errors[0]).to.match(/^5:6 .*needs quotes/);
    expect(errors[1]).to.match(/^6:10 .*closing quote/);
  });
});
