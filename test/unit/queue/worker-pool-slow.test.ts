import { expect } from "chai";
import type { PassEnding } from "../../../agent/queue/pass-ending.ts";
import { workersForSlow } from "../../../agent/queue/worker-pool.ts";
import { settled } from "../../support/fake-clock.ts";
import { aPool } from "./a-pool.ts";

describe("WorkerPool, with keys that are slow to fail", () => {
  const FAILED: PassEnding = { kind: "backoff", priority: "git" };
  const NAMES = ["f1", "f2", "f3", "f4", "f5", "f6"];

  /** A pool of which each key in `NAMES` has failed once, after a second, and is due again. */
  async function aPoolOfSlow(workers: number) {
    const made = aPool(workers);
    const { pool, queue, clock, passes } = made;
    pool.start();
    for (const key of NAMES) queue.add(key, "git");
    for (let at = 0; at < NAMES.length; at += 1) {
      await clock.advance(1000);
      passes[at]?.end(FAILED);
    }
    await settled();
    await clock.advance(1000);
    const again = () => made.keys().slice(NAMES.length);
    const end = async (key: string, ending: PassEnding) => {
      passes.findLast((pass) => pass.key === key)?.end(ending);
      await settled();
    };
    return { ...made, again, end };
  }

  for (const [workers, share] of [
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [8, 4],
  ] as const)
    it(`get ${share} of ${workers} workers at most`, async () => {
      const { again } = await aPoolOfSlow(workers);
      expect(again()).to.deep.equal(NAMES.slice(0, share));
      expect(workersForSlow(workers)).to.equal(share);
    });

  it("do not keep another key waiting, whatever its priority", async () => {
    const { queue, again } = await aPoolOfSlow(4);
    for (const key of NAMES) queue.add(key, "apply");
    queue.add("drift", "interval");
    await settled();
    queue.add("asked", "apply");
    await settled();
    expect(again()).to.deep.equal(["f1", "f2", "drift", "asked"]);
  });

  it("find a worker free that takes them where another key came first", async () => {
    const { pool, queue, clock, passes, keys } = aPool(2);
    pool.start();
    queue.add("bad", "git");
    await clock.advance(1000);
    passes[0]?.end(FAILED);
    await settled();
    queue.add("good", "interval");
    await settled();
    queue.endBackoff("bad");
    await settled();
    expect(keys()).to.deep.equal(["bad", "good", "bad"]);
  });

  it("are passed over one after the other by their share", async () => {
    const { again, end } = await aPoolOfSlow(4);
    await end("f2", FAILED);
    expect(again()).to.deep.equal(["f1", "f2", "f3"]);
    await end("f1", FAILED);
    expect(again()).to.deep.equal(["f1", "f2", "f3", "f4"]);
  });

  it("leave their workers to the next of them once their calls have ended", async () => {
    const { passes, again } = await aPoolOfSlow(2);
    passes.at(-1)?.turn.callsEnded();
    await settled();
    expect(again()).to.deep.equal(["f1", "f2"]);
  });

  it("take their turn with any other key where there is one worker", async () => {
    const { queue, again, end } = await aPoolOfSlow(1);
    queue.add("drift", "interval");
    queue.add("asked", "apply");
    await end("f1", FAILED);
    expect(again()).to.deep.equal(["f1", "asked"]);
    await end("asked", { kind: "settled" });
    expect(again()).to.deep.equal(["f1", "asked", "f2"]);
  });

  it("are like the others once they are forgotten", async () => {
    const { queue, again } = await aPoolOfSlow(2);
    queue.forget("f5");
    queue.add("f5", "interval");
    await settled();
    expect(again()).to.deep.equal(["f1", "f5"]);
  });
});
