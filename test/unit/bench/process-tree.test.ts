import { expect } from "chai";
import { parseKb, parseStat } from "../../../bench/support/process-tree.ts";

const after = "S 41 41 41 0 -1 4194304 99 0 0 0 120 30 5 2 20 0 11 0 690 3133440 380";

describe("what /proc says of a process", () => {
  it("is its parent, and its processor time with that of ended children", () => {
    expect(parseStat(`42 (node) ${after}`)).to.deep.equal({ parent: 41, cpuMs: 1570 });
  });

  it("is read past a name with blanks and brackets", () => {
    expect(parseStat(`42 (a) S 1 (b c) ${after}`).parent).to.equal(41);
  });

  it("is refused where it is something else", () => {
    expect(() => parseStat("no such process")).to.throw(/not the stat of a process/);
  });

  it("is kilobytes by name, 0 where the line is missing", () => {
    const status = "VmHWM:\t   62540 kB\nVmRSS:\t   62440 kB\n";
    expect([parseKb(status, "VmRSS"), parseKb(status, "Pss")]).to.deep.equal([62_440, 0]);
  });
});
