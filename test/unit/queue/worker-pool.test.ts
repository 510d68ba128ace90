import { expect } from "chai";
import { WorkerPool } from "../../../agent/queue/worker-pool.ts";
import { settled } from "../../support/fake-clock.ts";
import { aPool } from "./a-pool.ts";
import { aQueue } from "./work-queue.ts";

describe("WorkerPool", () => {
  it("works on as many keys at a time as it has workers", async () => {
    const { pool, queue, passes, keys } = aPool(2);
    for (const key of ["a", "b", "c"]) queue.add(key, "git");
    pool.start();
    pool.start();
    await settled();
    expect(keys()).to.deep.equal(["a", "b"]);
    passes[1]?.end({ kind: "settled" });
    await settled();
    expect(keys()).to.deep.equal(["a", "b", "c"]);
  });

  it("passes over one key once at a time and again for what came meanwhile", async () => {
    const { pool, queue, passes, keys } = aPool(3);
    pool.start();
    queue.add("room", "event");
    await settled();
    for (let trigger = 0; trigger < 10; trigger += 1) queue.add("room", "git");
    await settled();
    expect(keys()).to.deep.equal(["room"]);
    passes[0]?.end({ kind: "settled" });
    await settled();
    expect(passes.map((pass) => pass.priority)).to.deep.equal(["event", "git"]);
    passes[1]?.end({ kind: "settled" });
    await settled();
    expect(passes).to.have.length(2);
  });

  describe("a pass whose calls have ended", () => {
    it("gives its worker to the next key while it writes down how it ended", async () => {
      const { pool, queue, passes, keys } = aPool(1);
      for (const key of ["a", "b"]) queue.add(key, "git");
      pool.start();
      await settled();
      expect(keys()).to.deep.equal(["a"]);
      passes[0]?.turn.callsEnded();
      passes[0]?.turn.callsEnded();
      await settled();
      expect(keys()).to.deep.equal(["a", "b"]);
    });

    it("holds its key until it has ended", async () => {
      const { pool, queue, passes, keys } = aPool(2);
      pool.start();
      queue.add("room", "git");
      await settled();
      passes[0]?.turn.callsEnded();
      queue.add("room", "git");
      await settled();
      expect([keys(), queue.placeOf("room").kind]).to.deep.equal([["room"], "running"]);
      passes[0]?.end({ kind: "settled" });
      await settled();
      expect(keys()).to.deep.equal(["room", "room"]);
    });

    it("keeps its worker where as many as there are workers are ending", async () => {
      const { pool, queue, passes, keys } = aPool(1);
      for (const key of ["a", "b", "c"]) queue.add(key, "git");
      pool.start();
      await settled();
      passes[0]?.turn.callsEnded();
      await settled();
      passes[1]?.turn.callsEnded();
      await settled();
      expect(keys()).to.deep.equal(["a", "b"]);
      passes[1]?.end({ kind: "settled" });
      await settled();
      expect(keys()).to.deep.equal(["a", "b", "c"]);
    });

    it("backs its key off where it fails then", async () => {
      const { pool, queue, passes, errors } = aPool(1);
      pool.start();
      queue.add("bad", "git");
      await settled();
      passes[0]?.turn.callsEnded();
      const error = new Error("the store is gone");
      passes[0]?.fail(error);
      await settled();
      expect(errors).to.deep.equal([{ error, key: "bad" }]);
      expect(queue.placeOf("bad")).to.include({ kind: "waiting", held: true });
    });

    it("is waited for when the pool stops", async () => {
      const { pool, queue, passes } = aPool(1);
      pool.start();
      queue.add("a", "git");
      await settled();
      passes[0]?.turn.callsEnded();
      await settled();
      let stopped = false;
      const stopping = pool.stop().then(() => (stopped = true));
      await settled();
      expect(stopped).to.equal(false);
      passes[0]?.end({ kind: "settled" });
      await stopping;
    });
  });

  it("reports a pass that throws, backs its key off and goes on with others", async () => {
    const { pool, queue, clock, passes, keys, errors } = aPool(1);
    pool.start();
    queue.add("bad", "apply");
    await settled();
    const error = new Error("defect");
    passes[0]?.fail(error);
    queue.add("good", "interval");
    await settled();
    expect(errors).to.deep.equal([{ error, key: "bad" }]);
    expect(keys()).to.deep.equal(["bad", "good"]);
    passes[1]?.end({ kind: "settled" });
    queue.add("bad", "interval");
    await clock.advance(999);
    expect(keys()).to.deep.equal(["bad", "good"]);
    await clock.advance(1);
    expect(passes[2]).to.include({ key: "bad", priority: "git" });
  });

  it("survives a handler that throws before its first await", async () => {
    const { queue } = aQueue();
    const errors: string[] = [];
    const pool = new WorkerPool({
      queue,
      workers: 1,
      handle: () => {
        throw new Error("at once");
      },
      onError: (_error, key) => errors.push(key),
    });
    pool.start();
    queue.add("a", "git");
    queue.add("b", "git");
    await settled();
    expect(errors).to.deep.equal(["a", "b"]);
    await pool.stop();
  });

  it("follows how a pass ended", async () => {
    const { pool, queue, clock, passes } = aPool(1);
    pool.start();
    queue.add("room", "git");
    await settled();
    passes[0]?.end({ kind: "again", priority: "git" });
    await settled();
    passes[1]?.end({ kind: "after", priority: "interval", delayMs: 5000 });
    await clock.advance(4999);
    expect(passes).to.have.length(2);
    await clock.advance(1);
    expect(passes[2]?.priority).to.equal("interval");
  });

  it("stops: tells the passes under way, waits for them and takes no other", async () => {
    const { pool, queue, passes, keys } = aPool(1);
    queue.add("a", "git");
    queue.add("b", "git");
    pool.start();
    await settled();
    let stopped = false;
    const stopping = pool.stop().then(() => (stopped = true));
    await settled();
    expect([passes[0]?.turn.stopping.aborted, stopped]).to.deep.equal([true, false]);
    passes[0]?.end({ kind: "settled" });
    await stopping;
    await pool.stop();
    pool.start();
    await settled();
    expect(keys()).to.deep.equal(["a"]);
    expect([queue.size, queue.placeOf("a").kind]).to.deep.equal([1, "absent"]);
  });

  it("takes a pass that ended with the reason of stopping for no error", async () => {
    const { pool, queue, passes, errors } = aPool(2);
    pool.start();
    queue.add("a", "git");
    queue.add("b", "git");
    await settled();
    const stopping = pool.stop();
    passes[0]?.fail(passes[0].turn.stopping.reason);
    passes[1]?.fail(new Error("real"));
    await stopping;
    expect(errors.map(({ key }) => key)).to.deep.equal(["b"]);
  });

  it("loses no key that is handed over in the moment of stopping", async () => {
    const { pool, queue, passes } = aPool(1);
    pool.start();
    queue.add("room", "git");
    queue.add("room", "apply");
    await Promise.resolve();
    const stopping = pool.stop();
    for (const pass of passes) pass.end({ kind: "unspent" });
    await stopping;
    expect([queue.size, queue.placeOf("room").kind]).to.deep.equal([1, "queued"]);
  });

  it("stops when its queue closes, and before it was started", async () => {
    const { pool, queue } = aPool(2);
    pool.start();
    queue.close();
    await pool.stop();
    await aPool(1).pool.stop();
  });

  it("refuses a number of workers that is none", () => {
    for (const workers of [0, -1, 1.5, Number.NaN]) {
      expect(() => aPool(workers)).to.throw(RangeError, `${workers}`);
    }
  });
});
