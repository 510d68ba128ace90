import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as fc from "fast-check";
import { readPlain } from "../../../agent/spec/read-plain.ts";
import { readYaml } from "../../../agent/spec/read-yaml.ts";
import { fastRandom } from "../../fuzz/fast-random.ts";

const ENOUGH = 1_000_000;

const EXAMPLES = ["ai-lab", "help-desk"].map((name) =>
  readFileSync(new URL(`../../../specs-example/rooms/${name}.room.yaml`, import.meta.url), "utf8"),
);

describe("readPlain", () => {
  const read: readonly (readonly [text: string, value: unknown])[] = [
    ["a: b", { a: "b" }],
    ["---\na: b\n", { a: "b" }],
    ["# c\n\na: b  # c\n   # c\nb: c", { a: "b", b: "c" }],
    ["a:\n  b: 1\n  c:\nd:\n", { a: { b: 1, c: null }, d: null }],
    ["a:\n- b\n- c\nd: 0", { a: ["b", "c"], d: 0 }],
    ["a:\n    - b: 1\n      c: 2\n    -   d:\n        - e", { a: [{ b: 1, c: 2 }, { d: ["e"] }] }],
    ["a: [b, 1, true, [], { c: null }]", { a: ["b", 1, true, [], { c: null }] }],
    ["a: { b: c d, e: {}, f: [g:h] }", { a: { b: "c d", e: {}, f: ["g:h"] } }],
    ["a: \"b: #c\"\nd: 'e'", { a: "b: #c", d: "e" }],
    ["a: b, c's [d]:e", { a: "b, c's [d]:e" }],
    ["room-operator/drift: off", { "room-operator/drift": "off" }],
    ["a: ./b/c\nd: /e", { a: "./b/c", d: "/e" }],
    ["a: né", { a: "né" }],
  ];
  for (const [text, value] of read) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(readPlain(text, ENOUGH)).to.deep.equal({ value });
    });
  }

  const left = [
    "",
    "a",
    "- a",
    " a: b",
    "a: b\n---\n",
    "a: b\n...\n",
    "%YAML 1.2\n---\na: b",
    "a: b\n  c",
    "a:\n  b: 1\n c: 2",
    "a: b: c",
    "a: 1\na: 2",
    "a: { b: 1, b: 2 }",
    "a: 007",
    "a: 1.5",
    "a: 0x1f",
    "a: True",
    "null: a",
    "true: a",
    "<<: a",
    "__proto__: a",
    "a: &b c",
    "a: *b",
    "a: !!str b",
    "a: |\n  b",
    'a: "b\\n"',
    "a: 'b''c'",
    'a: "b\n  c"',
    "a: [b,\n  c]",
    "a: [b: c]",
    "a: [b",
    "a: [b]c",
    "a: [b]# c",
    "a: b\tc",
    "a: b\r\n",
    "a: @b",
    "a: - b",
    "? a",
    `${"k".repeat(1_100)}: a`,
    `a: ${"[".repeat(13)}${"]".repeat(13)}`,
  ];
  for (const text of left) {
    it(`leaves ${JSON.stringify(text.slice(0, 40))} to the library`, () => {
      expect(readPlain(text, ENOUGH)).to.equal(null);
    });
  }

  it("leaves a text to the library that may have too many tokens", () => {
    expect(readPlain("a: b", 24)).to.deep.equal({ value: { a: "b" } });
    expect(readPlain("a: b", 23)).to.equal(null);
  });

  for (const [index, text] of EXAMPLES.entries()) {
    it(`reads example ${index + 1} as the library does, and most of its damages`, () => {
      const random = fastRandom(index + 1);
      let plain = agrees(text) ? 1 : 0;
      for (let round = 0; round < 400; round += 1) plain += agrees(damaged(text, random)) ? 1 : 0;
      expect(plain).to.be.above(30);
    });
  }

  it("reads any text that it takes as the library does", () => {
    const common = fc.constantFrom("", "", "b", "b c", "1", "[b, c]", "{ b: c }", '"b"');
    const lines = fc.array(
      fc.tuple(
        fc.constantFrom(0, 0, 0, 2, 2, 2, 4, 1),
        fc.constantFrom("", "", "", "", "- ", "-   "),
        fc.constantFrom("", "", "", "", "", "", "- ", "room-operator/x:", "null:", "a.b :"),
        fc.oneof({ weight: 5, arbitrary: common }, fc.constantFrom(...SCALARS)),
        fc.constantFrom("\n", "\n", "\n", "\n\n", " # c\n", "\n# c\n", "\n      # c: d\n", " \n"),
      ),
      { maxLength: 5 },
    );
    let plain = 0;
    fc.assert(
      fc.property(lines, (made) => {
        const text = made.map(([indent, dash, odd, value, end], index) => {
          const key = odd === "" ? `${"abcde"[index]}:` : odd;
          return `${" ".repeat(indent)}${dash}${key}${value === "" ? "" : ` ${value}`}${end}`;
        });
        if (agrees(text.join(""))) plain += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(plain).to.be.above(30);
  });
});

const SCALARS = [
  ..."a|b c|E-1|x,y|a:b|a: b|a #b|a#b|12|0|007|1.5|true|null|No|~|[]|{}|[a, b]|[a,1]|{ a: b }".split(
    "|",
  ),
  ..."{a: 1, b: [c]}|[a: b]|{a}|{ a: b }c|[a]# c|'x'|\"y\"|'it''s'|\"y\\n\"|it's|a[b]|- a|&a b|*a|!a b".split(
    "|",
  ),
  ..."|>|%a|@a|./a|../a|.inf|a  b|é|a:|:a|::|<<|=|-|--- a|...|2026-01-01".split("|"),
  "",
  "",
  "",
  "\u00a0a",
  "a\u00a0",
  "a\u2028b",
];

/** Whether the text is read plainly; throws where the library reads something else, or finds something wrong. */
function agrees(text: string): boolean {
  const plain = readPlain(text, ENOUGH);
  if (plain === null) return false;
  const read = readYaml(text, 2 * text.length + 16);
  expect(read, JSON.stringify(text)).to.include({ kind: "read", complete: true });
  if (read.kind !== "read") return false;
  expect(read.problems, JSON.stringify(text)).to.deep.equal([]);
  expect(plain.value, JSON.stringify(text)).to.deep.equal(read.value);
  return true;
}

const PIECES = [
  ..."[]{},:-?&*!|>'\"%@`#~ \n".split(""),
  "  ",
  ": ",
  " #",
  "\n  ",
  "- ",
  "null",
  "a: b\n",
];

function damaged(text: string, random: () => number): string {
  const below = (most: number) => Math.floor(random() * most);
  const at = below(text.length + 1);
  const rest = text.slice(at + (random() < 0.5 ? below(4) : 0));
  const piece = random() < 0.5 ? (PIECES[below(PIECES.length)] ?? "") : "";
  return text.slice(0, at) + piece + rest;
}
