import { expect } from "chai";
import * as fc from "fast-check";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import {
  countTreeEntries,
  parseTree,
} from "../../../../../agent/source/git/objects/git-object-parse.ts";
import {
  isSpecName,
  toListedSpec,
  visibleName,
} from "../../../../../agent/source/git/git-spec-listing.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";

function aTree(...entries: readonly (readonly [mode: string, name: string | Buffer])[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([mode, name]) => [
      Buffer.from(`${mode} `),
      Buffer.from(name),
      Buffer.from([0]),
      Buffer.from(OID, "hex"),
    ]),
  );
}

describe("countTreeEntries", () => {
  it("counts what parseTree finds, a name that is there twice as two", () => {
    expect(countTreeEntries(Buffer.alloc(0))).to.equal(0);
    expect(countTreeEntries(aTree(["100644", "a"], ["40000", "b"], ["100644", "c"]))).to.equal(3);
    expect(countTreeEntries(aTree(["100644", "a"], ["100644", "a"]))).to.equal(2);
  });

  it("refuses a tree that was cut", () => {
    const tree = aTree(["100644", "a"]);
    for (let end = 1; end < tree.length; end += 1) {
      expect(() => countTreeEntries(tree.subarray(0, end)), `cut at ${end}`)
        .to.throw(OperatorError)
        .with.property("code", "CorruptPack");
    }
  });
});

describe("parseTree", () => {
  it("reads mode, name and id of each entry", () => {
    expect(parseTree(aTree(["100644", "ä.txt"], ["40000", "rooms"]))).to.deep.equal([
      { mode: "100644", name: "ä.txt", oid: OID, safe: true },
      { mode: "40000", name: "rooms", oid: OID, safe: true },
    ]);
    expect(parseTree(Buffer.alloc(0))).to.deep.equal([]);
  });

  for (const [written, read] of [
    ["100664", "100644"],
    ["0100644", "100644"],
    ["100600", "100644"],
    ["100777", "100755"],
    ["100744", "100755"],
    ["100655", "100644"],
    ["120777", "120000"],
    ["040000", "40000"],
    ["40755", "40000"],
    ["0000160000", "160000"],
    ["0", "160000"],
    ["644", "160000"],
    ["100648", "100648"],
    ["", ""],
  ] as const) {
    it(`reads mode ${JSON.stringify(written)} as git does: ${JSON.stringify(read)}`, () => {
      expect(parseTree(aTree([written, "a"]))[0]?.mode).to.equal(read);
    });
  }

  const unsafe: { name: string | Buffer; shown: string }[] = [
    { name: "", shown: "\\x2e" },
    { name: ".", shown: "\\x2e" },
    { name: "..", shown: "\\x2e." },
    { name: ".git", shown: "\\x2egit" },
    { name: ".GIT", shown: "\\x2eGIT" },
    { name: "a/b", shown: "a\\x2fb" },
    { name: "a\\b", shown: "a\\x5cb" },
    { name: "a\nb", shown: "a\\x0ab" },
    { name: "a\u001bb", shown: "a\\x1bb" },
    { name: Buffer.from([0x61, 0xff]), shown: "a\\xfffd" },
  ];
  for (const { name, shown } of unsafe) {
    it(`does not take ${JSON.stringify(name.toString())} for safe, and shows ${shown}`, () => {
      const [entry] = parseTree(aTree(["100644", name]));
      expect(entry?.safe).to.equal(false);
      expect(entry === undefined ? "" : visibleName(entry)).to.equal(shown);
    });
  }

  it("takes a name of 255 bytes for safe and one more not, and shortens that", () => {
    const [fits, long] = parseTree(aTree(["100644", "a".repeat(255)], ["100644", "b".repeat(256)]));
    expect(fits?.safe).to.equal(true);
    expect(long?.safe).to.equal(false);
    expect(long === undefined ? "" : visibleName(long)).to.have.length(241);
  });

  it("keeps the first of two entries of one name, and does not take it for safe", () => {
    const entries = parseTree(aTree(["100644", "a"], ["100644", "b"], ["40000", "a"]));
    expect(entries.map(({ mode, name, safe }) => [mode, name, safe])).to.deep.equal([
      ["100644", "a", false],
      ["100644", "b", true],
    ]);
  });

  it("ends with entries or CorruptPack for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          parseTree(Buffer.from(bytes));
        } catch (error) {
          expect(error).to.be.instanceOf(OperatorError).with.property("code", "CorruptPack");
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("spec names", () => {
  const cases: [name: string, isSpec: boolean][] = [
    ["a.room.yaml", true],
    ["a.room.yml", true],
    ["a.room.json", true],
    [".room.yaml", false],
    ["room.yaml", false],
    ["a.room.yaml.bak", false],
    ["a.room.YAML", false],
    ["a.room.toml", false],
    ["a.b.room.yaml", true],
    [".#a.room.yaml", false],
    [".a.room.yaml", true],
  ];
  for (const [name, isSpec] of cases) {
    it(`${isSpec ? "takes" : "does not take"} ${name}`, () => {
      expect(isSpecName(name)).to.equal(isSpec);
    });
  }

  it("gives one id to a blob and another to a link of the same bytes", () => {
    const entry = { mode: "100644", name: "a.room.yaml", oid: OID, safe: true };
    expect(toListedSpec("a", entry, true)).to.deep.equal({ path: "a", oid: OID, problem: null });
    const link = toListedSpec("a", { ...entry, mode: "120000" }, true);
    // No object has such an id, so none is asked for by it.
    expect(link.oid).to.match(/^x[0-9a-f]{39}$/);
    expect(toListedSpec("a", entry, false).problem).to.contain("not allowed");
  });
});
