import { expect } from "chai";
import { IgnoredLines } from "../../../agent/intent/ignored-lines.ts";

describe("lines that do not count", () => {
  /** What the entry says that stands for the oldest ones, of so many lines. */
  const restOf = (count: number) => {
    const lines = new IgnoredLines();
    for (let at = 0; at < count; at += 1) lines.add({ commit: `c${at}`, line: "l", reason: "r" });
    return lines.list((dropped) => dropped).find(({ line }) => line === "…")?.reason;
  };

  it("are counted in words that fit one and many", () => {
    const most = Array.from({ length: 100 }, (_, at) => at).findIndex(
      (count) => restOf(count) !== undefined,
    );
    expect(restOf(most)).to.equal("1 older line of the same fetch also does not count");
    expect(restOf(most + 1)).to.equal("2 older lines of the same fetch also do not count");
  });
});
