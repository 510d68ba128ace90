import { expect } from "chai";
import { KeyedLock } from "../../../agent/kernel/keyed-lock.ts";
import { settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

describe("KeyedLock", () => {
  it("runs work on the same key one after the other, and on other keys beside it", async () => {
    const lock = new KeyedLock();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lock.run(["a"], async () => {
      seen.push("a1");
      await gate.promise;
      seen.push("a1 ends");
    });
    const second = lock.run(["a", "b"], async () => void seen.push("ab"));
    const third = lock.run(["b"], async () => void seen.push("b"));
    await lock.run(["c"], async () => void seen.push("c"));
    await settled();
    expect(seen).to.deep.equal(["a1", "c"]);
    gate.resolve();
    await Promise.all([first, second, third]);
    expect(seen).to.deep.equal(["a1", "c", "a1 ends", "ab", "b"]);
  });

  it("lets the next one in after work that failed", async () => {
    const lock = new KeyedLock();
    const failed = rejection(lock.run(["a"], () => Promise.reject(new Error("disk full"))));
    expect(await lock.run(["a"], async () => "next")).to.equal("next");
    expect((await failed).message).to.equal("disk full");
  });

  it("does not lock up when keys overlap in any order", async () => {
    const lock = new KeyedLock();
    const results = await Promise.all([
      lock.run(["a", "b"], async () => 1),
      lock.run(["b", "a"], async () => 2),
      lock.run(["b", "b"], async () => 3),
    ]);
    expect(results).to.deep.equal([1, 2, 3]);
  });
});
