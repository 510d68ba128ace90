import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { sharedWork } from "../../../agent/kernel/shared-work.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

describe("shared work", () => {
  function counted() {
    const ends: ((value: string | Error) => void)[] = [];
    const begun: string[] = [];
    const shared = sharedWork(
      (key: string) =>
        new Promise<string>((resolve, reject) => {
          begun.push(key);
          ends.push((end) => (typeof end === "string" ? resolve(end) : reject(end)));
        }),
    );
    return { ask: (key = "all") => shared(key), ends, begun };
  }

  const turn = () => new Promise((resolve) => setImmediate(resolve));

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

  it("is shared by those who ask for the same key, and done of one key at a time", async () => {
    const { ask, ends, begun } = counted();
    const keys = ["a", "b", "a", "b", "b", "a"];
    const all = keys.map((key) => ask(key));
    for (const at of [0, 1, 2]) {
      expect(begun).to.have.length(at + 1);
      ends[at]?.(`${begun[at]}${at}`);
      await turn();
    }
    expect(begun).to.deep.equal(["a", "b", "a"]);
    expect(await Promise.all(all)).to.deep.equal(["a0", "b1", "a2", "b1", "b1", "a2"]);
  });

  it("is done of a key that waits before one that is asked for again and again", async () => {
    const { ask, ends, begun } = counted();
    const all = [ask("a"), ask("a"), ask("b")];
    for (const at of [0, 1, 2, 3]) {
      if (at < 2) all.push(ask("a"));
      ends[at]?.("");
      await turn();
    }
    await Promise.all(all);
    expect(begun).to.deep.equal(["a", "b", "a"]);
  });

  it("leaves the process as much time as it took, where that was long", async () => {
    const rests: (() => void)[] = [];
    let begun = 0;
    const ask = sharedWork(
      async () => {
        begun += 1;
        await sleep(60);
      },
      (ms) => {
        expect(ms).to.be.within(50, 1000);
        return new Promise<void>((resolve) => rests.push(resolve));
      },
    );
    const second = [ask("a"), ask("a")][1];
    await eventually("it rests", () => rests.length === 1);
    expect(begun).to.equal(1);
    rests[0]?.();
    await second;
    expect(begun).to.equal(2);
  });
});
