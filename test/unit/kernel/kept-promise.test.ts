import { expect } from "chai";
import { keptPromise } from "../../../agent/kernel/kept-promise.ts";

describe("a kept promise", () => {
  it("is made when it is first asked for, and once for all who ask", async () => {
    let made = 0;
    const kept = keptPromise(async () => (made += 1));
    expect(made).to.equal(0);
    expect(await Promise.all([kept(), kept()])).to.deep.equal([1, 1]);
    expect(await kept()).to.equal(1);
  });

  it("is made again after it was rejected", async () => {
    let made = 0;
    const kept = keptPromise(async () => {
      made += 1;
      if (made === 1) throw new Error("no file to spare");
      return made;
    });
    const first = await Promise.allSettled([kept(), kept()]);
    expect(first.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(await Promise.all([kept(), kept()])).to.deep.equal([2, 2]);
  });
});
