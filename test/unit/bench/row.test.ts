import { expect } from "chai";
import { measured, show, toRow, toTable, whole } from "../../../bench/support/row.ts";
import type { RowKind } from "../../../bench/support/row.ts";

const KIND: RowKind = {
  what: "one room: poll's end to verified",
  unit: "ms",
  atMost: 250,
  ratio: { of: "by hand", atMost: 3 },
};

describe("rows of the benchmarks", () => {
  for (const [value, unit, text] of [
    [0.5, "s", "0.50 s"],
    [9.994, "ms", "9.99 ms"],
    [12.4, "ms", "12 ms"],
    [3210, "ms", "3,210 ms"],
    [3.7, "B", "4 B"],
    [1, "", "1.00"],
  ] as const) {
    it(`shows ${value} ${unit} as ${text}`, () => expect(show(value, unit)).to.equal(text));
  }

  it("shows a target as it was written, and a count without digits", () => {
    expect(show(0.25, "s", true)).to.equal("0.25 s");
    expect(show(6, "kB", true)).to.equal("6 kB");
    expect(whole(5000)).to.equal("5,000");
  });

  it("shows one run with its note, its bound and its ratio", () => {
    const row = toRow(KIND, [measured(KIND, 200, { base: 100, note: "p90 210 ms" })]);
    expect(row).to.deep.equal({
      what: KIND.what,
      figure: "200 ms (p90 210 ms)",
      target: "≤ 250 ms; ≤ 3× by hand (100 ms)",
      ratio: "2.00×",
      met: true,
    });
  });

  it("takes the median of several runs, its note, and the spread", () => {
    const runs = [300, 200, 240].map((value, index) =>
      measured(KIND, value, { base: 100, note: `run ${index}` }),
    );
    const { figure, ratio, met } = toRow(KIND, runs);
    expect(figure).to.equal("240 ms [200 ms to 300 ms] (run 2)");
    expect(ratio).to.equal("2.40× [2.00× to 3.00×]");
    expect(met).to.equal(true);
  });

  it("shows no spread where the runs read alike", () => {
    const runs = [200.1, 200.4].map((value) => measured(KIND, value, { base: 100 }));
    expect(toRow(KIND, runs)).to.deep.include({ figure: "200 ms", ratio: "2.00×" });
  });

  it("takes ratios within a run, not of the medians", () => {
    const runs = [
      measured(KIND, 100, { base: 10 }),
      measured(KIND, 200, { base: 200 }),
      measured(KIND, 240, { base: 120 }),
    ];
    expect(toRow(KIND, runs).ratio).to.equal("2.00× [1.00× to 10.00×]");
  });

  for (const [value, base, met] of [
    [250, 100, true],
    [251, 100, false],
    [240, 79, false],
    [240, undefined, false],
  ] as const) {
    it(`${met ? "meets" : "misses"} its target at ${value} against ${base}`, () => {
      expect(toRow(KIND, [measured(KIND, value, { base })]).met).to.equal(met);
    });
  }

  it("neither meets nor misses where there is no target or no figure", () => {
    const bare: RowKind = { what: "RSS", unit: "MB", ratio: { of: "one source" } };
    expect(toRow(bare, [measured(bare, 20, { base: 10 })])).to.deep.include({
      target: "against one source (10 MB)",
      ratio: "2.00×",
      met: null,
    });
    expect(toRow(KIND, [])).to.deep.include({
      figure: "not measured",
      target: "≤ 250 ms; ≤ 3× by hand",
      met: null,
    });
  });

  it("is a table of aligned columns", () => {
    const [head = "", line = "", row = ""] = toTable([
      toRow(KIND, [measured(KIND, 300, { base: 1 })]),
    ]).split("\n");
    expect(head.indexOf("figure")).to.equal(row.indexOf("300 ms"));
    expect(line).to.match(/^[- ]+$/);
    expect(row).to.match(/NO$/);
  });
});
