import { expect } from "chai";
import { filterSpecs, ignoredWarnings, patternsText } from "../../../agent/source/spec-filter.ts";
import type { SpecFilter } from "../../../agent/source/spec-filter.ts";
import { cpuMs } from "../../support/cpu-time.ts";

interface Row {
  readonly it: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly folder?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  /** Of `paths`, what is kept out, with why. */
  readonly ignored: Readonly<Record<string, string>>;
}

const DRAFT = "drafts/a.room.yaml";
const TOP = "a.room.yaml";

const ROWS: readonly Row[] = [
  { it: "keeps all files where no pattern is set", paths: [TOP, DRAFT], ignored: {} },
  {
    it: "keeps out what Exclude matches, and names the glob",
    exclude: ["drafts/*"],
    paths: [TOP, DRAFT, "drafts/x/y.room.yaml", "x/drafts/a.room.yaml"],
    ignored: {
      [DRAFT]: 'excluded by Exclude "drafts/*"',
      "drafts/x/y.room.yaml": 'excluded by Exclude "drafts/*"',
    },
  },
  {
    it: "keeps out what Include does not match",
    include: ["drafts/*", "b*"],
    paths: [TOP, DRAFT, "b.room.yaml"],
    ignored: { [TOP]: "not included by Include" },
  },
  {
    it: "lets Exclude win over Include",
    include: ["drafts/*"],
    exclude: ["*/a.room.yaml"],
    paths: [DRAFT, "drafts/b.room.yaml"],
    ignored: { [DRAFT]: 'excluded by Exclude "*/a.room.yaml"' },
  },
  {
    it: "takes `**/` for any folders and for none",
    include: ["**/*.room.yaml"],
    exclude: ["**/drafts/*", "a/**/b.room.yaml"],
    paths: [TOP, DRAFT, "x/y/drafts/a.room.yaml", "a/b.room.yaml", "a/x/b.room.yaml"],
    ignored: {
      [DRAFT]: 'excluded by Exclude "**/drafts/*"',
      "x/y/drafts/a.room.yaml": 'excluded by Exclude "**/drafts/*"',
      "a/b.room.yaml": 'excluded by Exclude "a/**/b.room.yaml"',
      "a/x/b.room.yaml": 'excluded by Exclude "a/**/b.room.yaml"',
    },
  },
  {
    it: "begins globs at Path",
    folder: "rooms",
    exclude: ["a.*"],
    paths: ["rooms/a.room.yaml", "rooms/rooms/a.room.yaml"],
    ignored: { "rooms/a.room.yaml": 'excluded by Exclude "a.*"' },
  },
  {
    it: "keeps out what a .roomignore ignores, and names file, line and pattern",
    folder: "rooms",
    files: { "rooms/.roomignore": "# not yet\n\ndrafts/\n", "rooms/b/.roomignore": "/x.*\r\n" },
    paths: ["rooms/drafts/a.room.yaml", "rooms/b/x.room.yaml", "rooms/b/c/x.room.yaml"],
    ignored: {
      "rooms/drafts/a.room.yaml": 'ignored by rooms/.roomignore line 3 ("drafts/")',
      "rooms/b/x.room.yaml": 'ignored by rooms/b/.roomignore line 1 ("/x.*")',
    },
  },
  {
    it: "does not let a .roomignore bring back what Exclude keeps out",
    exclude: ["drafts/*"],
    files: { ".roomignore": "!drafts/\n" },
    paths: [DRAFT],
    ignored: { [DRAFT]: 'excluded by Exclude "drafts/*"' },
  },
  {
    it: "lets a file deeper down decide",
    files: { ".roomignore": "*.room.yaml\n", "keep/.roomignore": "!*.room.yaml\n" },
    paths: [TOP, "keep/a.room.yaml"],
    ignored: { [TOP]: 'ignored by .roomignore line 1 ("*.room.yaml")' },
  },
  {
    it: "brings nothing back below a folder that is ignored",
    files: { ".roomignore": "drafts/\n!drafts/a.room.yaml\n", "drafts/.roomignore": "!*\n" },
    paths: [DRAFT],
    ignored: { [DRAFT]: 'ignored by .roomignore line 1 ("drafts/")' },
  },
  {
    it: "goes by case",
    exclude: ["Drafts/*"],
    files: { ".roomignore": "DRAFTS/\n" },
    paths: [DRAFT],
    ignored: {},
  },
];

function filterOf(row: Partial<Row>): SpecFilter {
  const { include = ["*"], exclude = [], folder = ".", files = {} } = row;
  const ignoreFiles = Object.entries(files).map(([path, text]) => {
    return { path, bytes: Buffer.from(text) };
  });
  return { patterns: { include, exclude }, ignoreFiles, folder };
}

describe("filterSpecs", () => {
  for (const row of ROWS) {
    it(row.it, () => {
      const specs = row.paths.map((path) => ({ path }));
      const { kept, ignored } = filterSpecs(specs, filterOf(row));
      expect(Object.fromEntries(ignored.map(({ path, by }) => [path, by]))).to.deep.equal(
        row.ignored,
      );
      const all = [...kept, ...ignored].map(({ path }) => path);
      expect(all.toSorted()).to.deep.equal(row.paths.toSorted());
    });
  }

  for (const [it_, text, says] of [
    ["a byte that is no text", "a\0b", /\.roomignore is not a text file: see line 1/],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0x0a, 0xff]), /not a text file: see line 2/],
    ["a file over 64 KiB", "x\n".repeat(40_000), /has 80000 bytes; at most 65536/],
    ["10,000 patterns", "x*y\n".repeat(10_000), /There are 10000 patterns.*at most 1000/],
    ["a pattern of 600 characters", `a\n${"b".repeat(600)}`, /600 characters in line 2/],
  ] as const) {
    it(`refuses ${it_}`, () => {
      const ignoreFiles = [{ path: "rooms/.roomignore", bytes: Buffer.from(text) }];
      const filter = { ...filterOf({}), ignoreFiles };
      expect(() => filterSpecs([{ path: TOP }], filter))
        .to.throw(says)
        .with.property("code", "IgnoreFileInvalid");
    });
  }

  it("refuses more than 200 files", () => {
    const files = Array.from({ length: 201 }, (_, at) => [`f${at}/.roomignore`, "a\n"]);
    const filter = filterOf({ files: Object.fromEntries(files) });
    expect(() => filterSpecs([], filter)).to.throw(/There are 201 \.roomignore files/);
  });

  it("refuses patterns and specs that are too many together, and says how many patterns fit", () => {
    const specs = Array.from({ length: 10_000 }, (_, at) => ({ path: `rooms/${at}.room.yaml` }));
    const patterns = (count: number) => filterOf({ files: { ".roomignore": "x\n".repeat(count) } });
    expect(() => filterSpecs(specs, patterns(501)))
      .to.throw(/There are 501 patterns .*for 10000 specs at most 500 are read/)
      .with.property("code", "IgnoreFileInvalid");
    expect(filterSpecs(specs.slice(0, 100), patterns(501)).kept).to.have.length(100);
  });

  it("is soon done with patterns made to be slow", () => {
    const slow = [
      "a*".repeat(40) + "b",
      "**/a/".repeat(20) + "b",
      "*a".repeat(100) + "b",
      "[a-z]*".repeat(50) + "!",
      "a/**/".repeat(60) + "b",
    ];
    const names = [
      `${"a".repeat(240)}.room.yaml`,
      `${"a/".repeat(16)}x.room.yaml`,
      `${`${"a".repeat(250)}/`.repeat(16)}x.room.yaml`,
    ];
    const text = Array.from({ length: 60 }, () => slow.join("\n")).join("\n");
    const beganMs = cpuMs();
    filterSpecs(
      names.map((path) => ({ path })),
      filterOf({ files: { ".roomignore": text } }),
    );
    expect(cpuMs() - beganMs).to.be.below(5_000);
  });
});

describe("what is said of ignored specs", () => {
  it("counts all and names the first ones with their reasons", () => {
    const ignored = Array.from({ length: 30 }, (_, at) => ({ path: `r${at}.room.yaml`, by: "x" }));
    const [warning, ...more] = ignoredWarnings(ignored);
    expect(more).to.deep.equal([]);
    expect(warning?.message).to.match(/^30 specs are .*r0\.room\.yaml \(x\), .*… \(30 in all\)$/);
    expect(ignoredWarnings([])).to.deep.equal([]);
  });

  it("has one text for the same patterns alone", () => {
    expect(patternsText({ include: ["*"], exclude: [] })).to.equal("");
    expect(patternsText({ include: ["a", "*"], exclude: [] })).to.equal("");
    const one = patternsText({ include: ["a"], exclude: ["b"] });
    expect(one).to.not.equal(patternsText({ include: ["b"], exclude: ["a"] }));
    expect(one).to.not.equal(patternsText({ include: ["a", "b"], exclude: [] }));
  });
});
