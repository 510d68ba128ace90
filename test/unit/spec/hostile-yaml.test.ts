import { expect } from "chai";
import { parseSpec } from "../../../agent/spec/parse-spec.ts";
import { PARSE_OPTIONS, errorsOf, parse, parseValid, specText } from "../../support/parse.ts";

const parseBytes = (...bytes: number[]) => parseSpec(Uint8Array.from(bytes), PARSE_OPTIONS);

function errorsOfBytes(...bytes: number[]): string[] {
  const parsed = parseBytes(...bytes);
  if (parsed.kind === "valid") return [];
  return parsed.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe("parseSpec, size and encoding", () => {
  it("refuses a file over SpecBytes with the limit's name and value", () => {
    const text = specText();
    const maxBytes = text.length;
    expect(parse(text, { maxBytes }).kind).to.equal("valid");
    expect(errorsOf(text, { maxBytes: maxBytes - 1 })).to.deep.equal([
      `1:1 the file has ${maxBytes} bytes, more than the limit SpecBytes of ${maxBytes - 1}: split it or raise the limit`,
    ]);
  });

  it("refuses 6 MB by size alone", () => {
    expect(errorsOf("- a\n".repeat(1_500_000))[0]).to.match(/^1:1 the file has 6000000 bytes/);
  });

  it("drops a byte order mark at the start", () => {
    expect(parse(`\uFEFF${specText()}`).kind).to.equal("valid");
  });

  it("refuses a byte order mark elsewhere", () => {
    expect(errorsOf(`a: 1\nb: \uFEFF2\n`)[0]).to.match(/^2:4 the character U\+FEFF/);
  });

  it("names the place of bytes that are not UTF-8", () => {
    expect(errorsOfBytes(0x61, 0x3a, 0x0a, 0x62, 0xc3, 0x28, 0x0a)).to.deep.equal([
      "2:2 the file is not valid UTF-8 here: save it as UTF-8",
    ]);
  });

  it("refuses a sequence cut off at the end of the file", () => {
    expect(errorsOfBytes(0x61, 0xe2, 0x82)[0]).to.match(/^1:2 the file is not valid UTF-8/);
  });

  for (const bytes of [
    [0xff, 0xfe, 0x61, 0x00],
    [0xfe, 0xff, 0x00, 0x61],
  ]) {
    it(`says that a file beginning with ${bytes[0]} ${bytes[1]} is UTF-16`, () => {
      expect(errorsOfBytes(...bytes)[0]).to.match(/^1:1 the file is encoded as UTF-16/);
    });
  }

  for (const code of [0x00, 0x02, 0x07, 0x18, 0x1b, 0x1f, 0x7f, 0x85 + 1, 0xfffe]) {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    it(`refuses the raw character ${name} with its place`, () => {
      const errors = errorsOf(`# é\na: x${String.fromCharCode(code)}y\n`);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include(`2:5 the character ${name} is not allowed`);
    });
  }

  for (const text of ["", "\n\n", "# a comment\n", "---\n", "--- # c\n...\n", "\uFEFF"]) {
    it(`says that ${JSON.stringify(text)} is empty`, () => {
      expect(errorsOf(text)).to.deep.equal([
        "1:1 the file is empty: write a RoomSpec, or delete the file to stop managing its room",
      ]);
    });
  }
});

describe("parseSpec, nesting", () => {
  const deep = [
    { name: "200,000 opening brackets", text: "[".repeat(200_000) },
    { name: "200,000 opening braces", text: "{".repeat(200_000) },
    { name: "brackets that are closed again", text: `${"[".repeat(40)}${"]".repeat(40)}` },
    { name: "brackets deep in a member", text: `a:\n  b: ${"[".repeat(40)}` },
    { name: "mappings in braces", text: "{a: ".repeat(40) },
    { name: "list items in one line", text: "- ".repeat(50_000) },
    { name: "explicit keys in one line", text: "? ".repeat(50_000) },
    { name: "empty keys in one line", text: ": ".repeat(50_000) },
    { name: "list items and keys in one line", text: "- ? ".repeat(1000) },
    {
      name: "indented members",
      text: Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""),
    },
    {
      name: "indented list items",
      text: Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}-\n`).join(""),
    },
    { name: "brackets as keys", text: "[".repeat(40) + "]: ".repeat(40) },
    { name: "tagged lists", text: "[!!seq ".repeat(40) },
  ];
  for (const { name, text } of deep) {
    it(`refuses ${name}`, () => {
      const errors = errorsOf(text);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.match(/nested deeper than 32 levels: flatten the spec$/);
    });
  }

  /** The config is level 5 of the file. */
  const config = (levels: number, inside: string) => {
    const nested = `${"{a: ".repeat(levels - 1)}{${inside}}${"}".repeat(levels - 1)}`;
    return specText(`resources: [{ name: r, type: t, config: { a: ${nested} } }]`);
  };

  it("accepts 32 levels and refuses 33, whatever is innermost", () => {
    for (const inside of ["", "a: 1", 'a: b, c: "d"']) {
      expect(errorsOf(config(27, inside))).to.deep.equal([]);
      expect(errorsOf(config(28, inside)).join()).to.include("nested deeper than 32 levels");
    }
  });

  it("does not count brackets in texts and comments", () => {
    const name = "[".repeat(100);
    const text = specText(`artifacts: [{ name: "${name}", type: t, workspace: w }] # ${name}`);
    expect(parseValid(text).spec.artifacts[0]?.name).to.equal(name);
  });
});

describe("parseSpec, YAML a spec may not use", () => {
  const cases = [
    { text: "a: &x 1\n", want: '1:4 anchors are not allowed in a spec: remove "&x"' },
    {
      text: "a: 1\nb: *x\n",
      want: '2:4 aliases are not allowed in a spec: write the value out instead of "*x"',
    },
    {
      text: "a: 1\n<<: {b: 1}\n",
      want: "2:1 merge keys (<<) are not allowed in a spec: write the members out",
    },
    {
      text: "a: !secret x\n",
      want: '1:4 the tag "!secret" is not allowed in a spec: remove it',
    },
    {
      text: "a: !!binary eA==\n",
      want: '1:4 the tag "!!binary" is not allowed in a spec: remove it',
    },
    { text: "a: !!js/function x\n", want: '1:4 the tag "!!js/function" is not allowed' },
    { text: "!!set {a}\n", want: '1:1 the tag "!!set" is not allowed in a spec: remove it' },
    { text: "a: !<tag:x,2000:y> 1\n", want: '1:4 the tag "!<tag:x,2000:y>" is not allowed' },
    { text: "%FOO\n", want: '1:1 the directive "%FOO" is not allowed in a spec: remove it' },
    { text: "%YAML 1.1\n---\na: yes\n", want: '1:1 the directive "%YAML 1.1" is not allowed' },
    {
      text: "%TAG !! tag:x,2000:\n---\na: !!str b\n",
      want: '1:1 the directive "%TAG !! tag:x,2000:" is not allowed',
    },
    { text: "a: 1\nb: 2\na: 3\n", want: '3:1 "a" is given twice in one mapping: keep one of them' },
    { text: '{"a":1,"a":2}', want: '1:8 "a" is given twice in one mapping: keep one of them' },
    { text: "1: a\n", want: "1:1 a member's name must be text: put it in quotes" },
    { text: "[a]: b\n", want: "1:1 a member's name must be text: put it in quotes" },
    { text: "? {a: b}\n: c\n", want: "1:3 a member's name must be text: put it in quotes" },
    { text: ": c\n", want: "1:1 a member's name must be text: put it in quotes" },
    {
      text: "a: 1\n---\nb: 2\n",
      want: "2:1 a second document begins here: write one RoomSpec per file",
    },
    {
      text: "a: 1\n...\nb: 2\n",
      want: "3:1 a second document begins here: write one RoomSpec per file",
    },
    { text: "a: [\n", want: "2:1 invalid YAML: " },
    { text: "a: b: c\n", want: "1:4 invalid YAML: " },
    { text: "a:\n\t- b\n", want: "2:1 invalid YAML: " },
    { text: 'a: "b\n', want: "1:4 invalid YAML: " },
    { text: "]\n", want: "1:1 invalid YAML: " },
  ];
  for (const { text, want } of cases) {
    it(`reports ${JSON.stringify(text)} as ${want}`, () => {
      expect(
        errorsOf(text).some((error) => error.startsWith(want)),
        errorsOf(text).join("\n"),
      ).to.be.true;
    });
  }

  it("accepts core tags and the directive of YAML 1.2", () => {
    const text = `%YAML 1.2\n---\n${specText().replace("lab-01", "!!str lab-01")}...\n`;
    expect(parseValid(text).spec.roomId).to.equal("lab-01");
  });

  it("does not take text that looks like an alias, a tag or an anchor for one", () => {
    const text = specText(
      `artifacts: [{ name: "*x", type: 'a &b', workspace: "!c", tags: ["%d", "<<"] }]`,
    );
    expect(parse(text).kind).to.equal("valid");
  });

  it("does not follow a billion laughs", () => {
    const rows = Array.from(
      { length: 9 },
      (_, row) => `a${row + 1}: &a${row + 1} [${`*a${row},`.repeat(9)}]\n`,
    );
    const errors = errorsOf(`a0: &a0 ha\n${rows.join("")}`);
    expect(errors[0]).to.include("anchors are not allowed");
    expect(errors[1]).to.include("anchors are not allowed");
    expect(errors[2]).to.include("aliases are not allowed");
  });
});

describe("parseSpec, files made to cost time or memory", () => {
  const limit = 262_144;
  const fill = (unit: string) => unit.repeat(Math.floor(limit / unit.length));
  const dense = [
    { name: "the same member again and again", text: fill("a: b\n") },
    { name: "empty list items", text: fill("- \n") },
    { name: "empty lists", text: `[${fill("[],").slice(3)}]` },
    { name: "empty mappings", text: `[${fill("{},").slice(3)}]` },
    { name: "blank lines after a key", text: `a:\n${fill("\n").slice(9)}` },
    { name: "comment lines", text: fill("#\n") },
    { name: "closing brackets", text: fill("]") },
    { name: "block scalars", text: fill("a: |\n") },
    { name: "lists nested just deep enough", text: fill(`- ${"[".repeat(30)}${"]".repeat(30)}\n`) },
  ];
  for (const { name, text } of dense) {
    it(`refuses ${name} by the number of tokens`, () => {
      const errors = errorsOf(text, { maxBytes: limit });
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include("more than 65536 YAML tokens");
    });
  }

  const amplifiers = [
    { name: "bad escapes in one text", text: `a: "${"\\q".repeat(400_000)}"` },
    { name: "unclosed lists", text: "a: [\n".repeat(5_000) },
    { name: "members at odd indents", text: "a: b\n c\n".repeat(3000) },
    {
      name: "members no spec has",
      text: manyMembers(),
    },
  ];
  for (const { name, text } of amplifiers) {
    it(`reports at most a hundred and one findings for ${name}`, () => {
      const errors = errorsOf(text);
      expect(errors.length).to.be.within(1, 101);
    });
  }

  it("parses 1000 entities of a real size under the default limits", () => {
    const entity = (id: number) => `- id: E-agent-${id}
  kind: agent
  displayName: An agent with number ${id}
  visibility: team
  capabilities:
    - commands.execute
    - artifacts.manage
  policy:
    allow_commands_from: orchestrator
    sandbox_mode: true`;
    const list = Array.from({ length: 1000 }, (_, id) => entity(id)).join("\n");
    expect(parseValid(specText(`entities:\n${list}`)).spec.entities).to.have.length(1000);
  });
});

function manyMembers(): string {
  return Array.from({ length: 5_000 }, (_, id) => `k${id}: 1\n`).join("");
}

describe("parseSpec, dangerous names", () => {
  it("refuses __proto__ wherever it stands", () => {
    const texts = [
      "__proto__: { x: 1 }",
      specText("__proto__: 1"),
      specText("resources: [{ name: r, type: t, config: { a: { __proto__: { polluted: 1 } } } }]"),
      "metadata: { version: 1, annotations: { __proto__: x } }\nspec: { roomId: lab-01 }\n",
    ];
    for (const text of texts) {
      expect(errorsOf(text).join("\n")).to.include('the name "__proto__" is not allowed');
    }
    expect(Object.hasOwn(Object.prototype, "polluted")).to.be.false;
  });

  it("refuses constructor as a member of the spec and keeps it as plain data of a config", () => {
    expect(errorsOf(specText("constructor: 1"))[0]).to.include("unknown field");
    const text = specText(
      "resources: [{ name: r, type: t, config: { constructor: { prototype: 1 } } }]",
    );
    expect(parseValid(text).spec.resources[0]?.config).to.deep.equal({
      constructor: { prototype: 1 },
    });
  });

  it("does not mistake names of Object.prototype for known ones", () => {
    const text = specText(
      "artifacts: [{ name: toString, type: t, workspace: w, dependsOn: [valueOf, hasOwnProperty] }]",
    );
    expect(errorsOf(text)).to.have.length(2);
  });
});
