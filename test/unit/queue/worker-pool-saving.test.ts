import { expect } from "chai";
import * as fc from "fast-check";
import { WorkerPool, type Turn } from "../../../agent/queue/worker-pool.ts";
import { rejection } from "../../support/rejection.ts";
import { settled } from "../../support/fake-clock.ts";
import { aPool, type Pass } from "./a-pool.ts";
import { aQueue } from "./work-queue.ts";

describe("WorkerPool, while a pass saves something", () => {
  const KEYS = ["a", "b", "c", "d", "e"];

  /** A pool with more keys than workers, each of which is in `KEYS`. */
  async function aBusyPool(workers: number) {
    const made = aPool(workers);
    made.pool.start();
    for (const key of KEYS) made.queue.add(key, "git");
    await settled();
    return made;
  }

  /** Begins to save; `end` is when that is done. `isBack`: whether the pass may make calls again. */
  async function save(pass: Pass | undefined) {
    if (pass === undefined) throw new Error("no such pass");
    const disk = Promise.withResolvers<string>();
    let isBack = false;
    const saved = pass.turn.saving(() => disk.promise);
    const after = saved.finally(() => (isBack = true));
    after.catch(() => undefined);
    await settled();
    const end = async (with_: () => void) => {
      with_();
      await settled();
    };
    return {
      saved,
      isBack: () => isBack,
      end: () => end(() => disk.resolve("written")),
      fail: (error: Error) => end(() => disk.reject(error)),
    };
  }

  it("passes over another key, and gives the first a worker before any other key", async () => {
    const { passes, keys } = await aBusyPool(2);
    const saving = await save(passes[0]);
    expect(keys()).to.deep.equal(["a", "b", "c"]);
    await saving.end();
    expect([saving.isBack(), keys()]).to.deep.equal([false, ["a", "b", "c"]]);
    passes[1]?.end({ kind: "settled" });
    await settled();
    expect([saving.isBack(), keys()]).to.deep.equal([true, ["a", "b", "c"]]);
    expect(await saving.saved).to.equal("written");
    passes[0]?.end({ kind: "settled" });
    await settled();
    expect(keys()).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("gives it a worker that waits for a key", async () => {
    const { pool, queue, passes, keys } = aPool(2);
    pool.start();
    queue.add("a", "git");
    await settled();
    const saving = await save(passes[0]);
    await saving.end();
    expect(saving.isBack()).to.equal(true);
    for (const key of ["b", "c"]) queue.add(key, "git");
    await settled();
    expect(keys(), "as many at a time as there are workers").to.deep.equal(["a", "b"]);
  });

  it("gives it a worker while the queue hands out no key", async () => {
    const { queue, passes } = await aBusyPool(2);
    const saving = await save(passes[0]);
    queue.hold(true);
    passes[1]?.end({ kind: "settled" });
    passes[2]?.end({ kind: "settled" });
    await settled();
    await saving.end();
    expect(saving.isBack()).to.equal(true);
  });

  it("fails as the save does, with a worker for what the pass does then", async () => {
    const { passes, keys } = await aBusyPool(2);
    const saving = await save(passes[0]);
    await saving.fail(new Error("the disk is full"));
    expect(saving.isBack()).to.equal(false);
    passes[2]?.end({ kind: "settled" });
    expect((await rejection(saving.saved)).message).to.equal("the disk is full");
    expect(keys()).to.deep.equal(["a", "b", "c"]);
  });

  it("lets as many be away as there are workers, those included whose calls have ended", async () => {
    const { passes, keys } = await aBusyPool(2);
    passes[0]?.turn.callsEnded();
    await settled();
    await save(passes[1]);
    expect(keys()).to.deep.equal(["a", "b", "c", "d"]);
    const kept = await save(passes[2]);
    expect(keys()).to.deep.equal(["a", "b", "c", "d"]);
    await kept.end();
    expect(kept.isBack()).to.equal(true);
  });

  it("keeps the only worker", async () => {
    const { passes, keys } = await aBusyPool(1);
    const saving = await save(passes[0]);
    expect(keys()).to.deep.equal(["a"]);
    await saving.end();
    expect(saving.isBack()).to.equal(true);
  });

  it("keeps the worker of a key that is slow to fail", async () => {
    const { pool, queue, clock, passes, keys } = aPool(2);
    pool.start();
    for (const key of ["f1", "f2"]) queue.add(key, "git");
    await clock.advance(1000);
    for (const pass of passes) pass.end({ kind: "backoff", priority: "git" });
    await settled();
    await clock.advance(1000);
    expect(keys()).to.deep.equal(["f1", "f2", "f1"]);
    await save(passes[2]);
    expect(keys()).to.deep.equal(["f1", "f2", "f1"]);
  });

  it("stops without waiting for a worker", async () => {
    const { pool, passes } = await aBusyPool(2);
    const waits = await save(passes[0]);
    const saves = await save(passes[1]);
    await waits.end();
    expect([waits.isBack(), saves.isBack()]).to.deep.equal([false, false]);
    const stopped = pool.stop();
    await settled();
    expect([waits.isBack(), saves.isBack()]).to.deep.equal([true, false]);
    await saves.end();
    expect(saves.isBack()).to.equal(true);
    for (const pass of passes) pass.end({ kind: "settled" });
    await stopped;
  });

  it("never has more passes that may make calls than workers, and ends each", async () => {
    const step = fc.constantFrom("call", "save", "fail", "ended");
    const plans = fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), plans, async (workers, all) => {
        const { queue } = aQueue();
        const [calling, most, ended] = [new Set<string>(), [0], new Set<string>()];
        const call = async (key: string) => {
          calling.add(key);
          most[0] = Math.max(most[0] ?? 0, calling.size);
          await turns(Number(key) % 3);
          calling.delete(key);
        };
        const handle = async (key: string, turn: Turn) => {
          await call(key);
          for (const one of all[Number(key)] ?? []) {
            if (one === "ended") break;
            if (one === "save") await turn.saving(() => turns(Number(key) % 4));
            if (one === "fail")
              await turn.saving(() => Promise.reject(new Error("full"))).catch(() => undefined);
            await call(key);
          }
          turn.callsEnded();
          await turns(3);
          ended.add(key);
        };
        const pool = new WorkerPool({
          queue,
          workers,
          handle: async (key, _priority, turn) => {
            await handle(key, turn);
            return { kind: "settled" };
          },
          onError: (error) => {
            throw error;
          },
        });
        pool.start();
        all.forEach((_plan, at) => queue.add(String(at), "git"));
        for (let turn = 0; turn < 1000 && ended.size < all.length; turn += 1) await settled();
        expect([ended.size, (most[0] ?? 0) <= workers]).to.deep.equal([all.length, true]);
        await pool.stop();
      }),
      { numRuns: 50 },
    );
  });
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
