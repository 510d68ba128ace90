import { expect } from "chai";
import { legible, listed, shortened } from "../../../agent/kernel/shortened.ts";
import { cpuMs } from "../../support/cpu-time.ts";

describe("shortened", () => {
  const cases = [
    { text: "", max: 3, want: "" },
    { text: "abc", max: 3, want: "abc" },
    { text: "abcd", max: 3, want: "abc… (4 characters)" },
    { text: "a😀b", max: 3, want: "a😀b" },
    { text: "😀😀😀", max: 3, want: "😀😀😀" },
    { text: "😀😀😀😀", max: 3, want: "😀😀😀… (8 characters)" },
    { text: "ab\ud800cd", max: 3, want: "ab\ud800… (5 characters)" },
  ];
  for (const { text, max, want } of cases) {
    it(`makes ${JSON.stringify(want)} of ${JSON.stringify(text)}`, () => {
      expect(shortened(text, max)).to.equal(want);
    });
  }

  it("does not read a long text to its end", () => {
    const text = "x".repeat(100_000_000);
    const begun = cpuMs();
    for (let n = 0; n < 1000; n += 1) shortened(text, 100);
    expect(cpuMs() - begun).to.be.below(1000);
  });
});

describe("legible", () => {
  const cases = [
    { text: "room-1", want: "room-1" },
    { text: "", want: '""' },
    { text: "a\nb", want: '"a\\nb"' },
    { text: "\u202egnp.exe", want: '"\\u202egnp.exe"' },
    { text: "\u009b2J", want: '"\\u009b2J"' },
    { text: 'say "hi"', want: 'say "hi"' },
  ];
  for (const { text, want } of cases) {
    it(`shows ${JSON.stringify(text)} as ${want}`, () => {
      expect(legible(text)).to.equal(want);
    });
  }
});

describe("listed", () => {
  it("shows all of a short list", () => {
    expect(listed(["a", "b"])).to.equal("a, b");
    expect(listed([])).to.equal("");
  });

  it("says how many names there are when it leaves some out", () => {
    const names = Array.from({ length: 12 }, (_, n) => `n${n}`);
    expect(listed(names, { max: 3 })).to.equal("n0, n1, n2, … (12 in all)");
    expect(listed(names.slice(0, 2), { total: 12 })).to.equal("n0, n1, … (12 in all)");
    expect(listed(names.slice(0, 3), { max: 2, separator: "; " })).to.equal("n0; n1; … (3 in all)");
  });

  it("stays short whatever the names are", () => {
    const names = Array.from({ length: 50_000 }, () => "\u202e".repeat(20_000));
    expect(listed(names).length).to.be.below(8000);
  });
});
