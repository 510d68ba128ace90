import { expect } from "chai";
import { sharedWork } from "../../../agent/kernel/shared-work.ts";
import { rejection } from "../../support/rejection.ts";

describe("shared work", () => {
  function counted() {
    const ends: ((value: string | Error) => void)[] = [];
    const ask = sharedWork(
      () =>
        new Promise<string>((resolve, reject) => {
          ends.push((end) => (typeof end === "string" ? resolve(end) : reject(end)));
        }),
    );
    return { ask, ends };
  }

  it("is begun once for all who ask while it is done for another", async () => {
    const { ask, ends } = counted();
    const first = ask();
    const others = [ask(), ask(), ask()];
    expect(ends).to.have.length(1);
    ends[0]?.("one");
    expect(await first).to.equal("one");
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).to.have.length(2);
    const late = ask();
    ends[1]?.("two");
    expect(await Promise.all(others)).to.deep.equal(["two", "two", "two"]);
    await new Promise((resolve) => setImmediate(resolve));
    ends[2]?.("three");
    expect(await late).to.equal("three");
  });

  it("is begun again after it failed, and its failure is that of those who asked", async () => {
    const { ask, ends } = counted();
    const first = ask();
    const second = ask();
    ends[0]?.(new Error("no"));
    expect(await rejection(first)).to.have.property("message", "no");
    await new Promise((resolve) => setImmediate(resolve));
    ends[1]?.("yes");
    expect(await second).to.equal("yes");
    await new Promise((resolve) => setImmediate(resolve));
    const third = ask();
    ends[2]?.("again");
    expect(await third).to.equal("again");
  });
});
