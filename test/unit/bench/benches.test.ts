import { readFileSync } from "node:fs";
import { expect } from "chai";
import { BENCHES } from "../../../bench/benches.ts";
import { parseBenchArguments } from "../../../bench/support/bench-arguments.ts";
import { inOrder } from "../../../bench/support/bench.ts";
import type { Bench } from "../../../bench/support/bench.ts";
import type { Outcome } from "../../../bench/support/results.ts";
import { measured } from "../../../bench/support/row.ts";
import type { RowKind } from "../../../bench/support/row.ts";
import { runBenches } from "../../../bench/support/run-benches.ts";

const PAGE = readFileSync(new URL("../../../docs/benchmarks.md", import.meta.url), "utf8");
const NAMES = BENCHES.map(({ name }) => name);

describe("benchmarks", () => {
  for (const quick of [false, true]) {
    it(`declare rows of different names${quick ? " when quick" : ""}`, () => {
      const names = BENCHES.flatMap(({ rows }) => rows(quick).map(({ what }) => what));
      expect(names).to.have.length.greaterThan(BENCHES.length);
      expect(new Set(names).size).to.equal(names.length);
    });
  }

  it("are all explained in the page, and nothing else is", () => {
    const explained = [...PAGE.matchAll(/^\| `([a-z-]+)` \| [^|]+ \|$/gm)].map(([, name]) => name);
    expect(explained).to.deep.equal(NAMES);
  });

  it("have targets for what the agent is held to", () => {
    const bounds = BENCHES.flatMap(({ rows }) => rows(false)).filter(
      ({ atMost, ratio }) => atMost !== undefined || ratio?.atMost !== undefined,
    );
    const of = (word: string) => bounds.filter(({ what }) => what.includes(word)).length;
    expect(of("event loop")).to.be.greaterThan(4);
    expect([
      of("/livez"),
      of("head ingested"),
      of("peak RSS"),
      of("disk a small room"),
    ]).to.deep.equal([1, 2, 1, 1]);
  });
});

describe("figures of a benchmark", () => {
  const rows = (): readonly RowKind[] => [
    { what: "requests", unit: "" },
    { what: "bytes", unit: "B" },
  ];
  const bench = { name: "idle-poll", rows };

  it("come in the order of its rows", () => {
    const figures = [
      { what: "bytes", value: 700 },
      { what: "requests", value: 1 },
    ];
    expect(inOrder(bench, figures, false)).to.deep.equal(figures.toReversed());
  });

  for (const [why, figures] of [
    ["lacks one", [{ what: "bytes", value: 700 }]],
    ["has one of another name", [...some(), { what: "packs", value: 1 }]],
    ["has one twice", [...some(), { what: "bytes", value: 1 }]],
    ["has one without a number", [{ what: "requests", value: Number.NaN }, ...some().slice(1)]],
    [
      "has a base without a number",
      [{ what: "requests", value: 1, base: Infinity }, ...some().slice(1)],
    ],
  ] as const) {
    it(`are refused when it ${why}`, () => {
      expect(() => inOrder(bench, figures, false)).to.throw(/idle-poll (measured|has no figure)/);
    });
  }

  function some() {
    return [
      { what: "requests", value: 1 },
      { what: "bytes", value: 700 },
    ];
  }
});

describe("a run of benchmarks", () => {
  const kind: RowKind = { what: "requests", unit: "" };
  const ending = (name: string, run: Bench["run"]): Bench => ({ name, rows: () => [kind], run });

  it("measures the others when one fails or is skipped", async () => {
    const outcomes: [string, Outcome][] = [];
    await runBenches(
      [
        ending("breaks", () => Promise.reject(new Error("the agent ended"))),
        ending("skips", () => Promise.resolve({ skipped: "set X" })),
        ending("lacks", () => Promise.resolve([])),
        ending("measures", () => Promise.resolve([measured(kind, 1)])),
      ],
      {
        quick: true,
        nodeArguments: [],
        say: () => undefined,
        onEnd: ({ name }, outcome) => outcomes.push([name, outcome]),
      },
    );
    expect(outcomes).to.deep.equal([
      ["breaks", { kind: "failed", why: "the agent ended" }],
      ["skips", { kind: "skipped", why: "set X" }],
      ["lacks", { kind: "failed", why: "lacks measured other rows than it declares: requests" }],
      ["measures", { kind: "measured", figures: [{ what: "requests", value: 1 }] }],
    ]);
  });
});

describe("arguments of npm run bench", () => {
  it("are all benchmarks, once, without anything", () => {
    expect(parseBenchArguments([], NAMES)).to.deep.equal({
      names: NAMES,
      quick: false,
      write: false,
      times: 1,
      profile: undefined,
    });
  });

  it("pick benchmarks in the order of the list", () => {
    const { names, times, write } = parseBenchArguments(
      ["memory", "start", "--times", "3", "--write"],
      NAMES,
    );
    expect([names, times, write]).to.deep.equal([["start", "memory"], 3, true]);
  });

  for (const [argv, error] of [
    [["pols"], /unknown benchmark "pols"; there are start, /],
    [["--times", "0"], /whole number from 1, but is "0"/],
    [["--times", "many"], /but is "many"/],
    [["--fast"], /Unknown option/],
  ] as const) {
    it(`are refused: ${argv.join(" ")}`, () => {
      expect(() => parseBenchArguments(argv, NAMES)).to.throw(error);
    });
  }
});
