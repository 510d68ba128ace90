import { expect } from "chai";
import { WOKEN } from "../../../agent/queue/waiting-workers.ts";
import type { WorkQueue } from "../../../agent/queue/work-queue.ts";
import { rejection } from "../../support/rejection.ts";
import { settled } from "../../support/fake-clock.ts";
import { aQueue, drain, takeNow } from "./work-queue.ts";
import { cpuMs } from "../../support/cpu-time.ts";

describe("WorkQueue", () => {
  describe("order", () => {
    it("returns a person's key before a new revision's, an event's and an interval's", async () => {
      const { queue } = aQueue();
      queue.add("interval", "interval");
      queue.add("event", "event");
      queue.add("git", "git");
      queue.add("apply", "apply");
      expect(await drain(queue)).to.deep.equal(["apply", "git", "event", "interval"]);
    });

    it("is first come first served within a priority", async () => {
      const { queue } = aQueue();
      const keys = Array.from({ length: 100 }, (_, index) => `room-${(index * 37) % 100}`);
      for (const key of keys) queue.add(key, "git");
      expect(await drain(queue)).to.deep.equal(keys);
    });

    it("returns the interval key unseen the longest first", async () => {
      const { queue } = aQueue();
      for (const key of ["c", "a", "b"]) queue.add(key, "git");
      await drain(queue);
      queue.add("a", "event");
      await drain(queue);
      for (const key of ["a", "b", "c", "new"]) queue.add(key, "interval");
      expect(await drain(queue)).to.deep.equal(["new", "c", "b", "a"]);
    });

    it("lets a room go before waiting commits of others once, and their rooms before its next request", async () => {
      const { queue } = aQueue();
      queue.add("slow", "apply");
      queue.add("commit", "git");
      queue.add("other", "apply");
      const order: string[] = [];
      for (let turn = 0; turn < 6; turn += 1) {
        const taken = await takeNow(queue);
        if (taken === null) break;
        order.push(taken.key);
        if (taken.key === "slow" && order.length < 5) queue.add("slow", "apply");
        queue.done(taken.key, { kind: "settled" });
      }
      expect(order).to.deep.equal(["slow", "other", "commit", "slow", "slow"]);
    });

    it("goes by urgency again when no commit waits any more", async () => {
      const { queue } = aQueue();
      queue.add("slow", "apply");
      queue.add("commit", "git");
      expect(await drain(queue)).to.deep.equal(["slow", "commit"]);
      queue.add("other", "git");
      queue.add("slow", "apply");
      expect(await drain(queue)).to.deep.equal(["slow", "other"]);
    });

    it("serves waiting workers by priority when keys are added together", async () => {
      const { queue } = aQueue();
      const first = queue.take(AbortSignal.timeout(5000));
      const second = queue.take(AbortSignal.timeout(5000));
      queue.add("slow", "interval");
      queue.add("urgent", "apply");
      expect(await first).to.deep.equal({ key: "urgent", priority: "apply" });
      expect(await second).to.deep.equal({ key: "slow", priority: "interval" });
    });
  });

  describe("merging", () => {
    it("merges ten triggers into one pass", async () => {
      const { queue } = aQueue();
      for (let trigger = 0; trigger < 10; trigger += 1) queue.add("room", "event");
      expect(queue.size).to.equal(1);
      expect(await drain(queue)).to.deep.equal(["room"]);
    });

    it("retains the highest priority", async () => {
      const { queue } = aQueue();
      for (const priority of ["interval", "git", "event"] as const) queue.add("room", priority);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
    });

    it("retains the shortest wait, and the highest priority of all", async () => {
      const { queue, clock } = aQueue();
      queue.addAfter("room", "git", 5000);
      queue.addAfter("room", "interval", 2000);
      queue.addAfter("room", "event", 9000);
      await clock.advance(1999);
      expect(await takeNow(queue)).to.equal(null);
      await clock.advance(1);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
      queue.done("room");
      await clock.advance(60_000);
      expect(await takeNow(queue)).to.equal(null);
    });

    it("returns a delayed key at once when it is added without a delay", async () => {
      const { queue } = aQueue();
      queue.addAfter("room", "interval", 60_000);
      expect([queue.size, queue.placeOf("room").kind]).to.deep.equal([0, "waiting"]);
      queue.add("room", "interval");
      expect([queue.size, queue.placeOf("room").kind]).to.deep.equal([1, "queued"]);
      expect(await drain(queue)).to.deep.equal(["room"]);
    });
  });

  describe("delays", () => {
    it("wakes a waiting worker when a delayed key is due", async () => {
      const { queue, clock } = aQueue();
      const taken = queue.take(AbortSignal.timeout(5000));
      queue.addAfter("later", "git", 500);
      queue.addAfter("sooner", "git", 100);
      await clock.advance(100);
      expect(await taken).to.include({ key: "sooner" });
    });

    it("keeps one timer however many keys are delayed", async () => {
      const { queue, clock } = aQueue();
      for (let delayMs = 1000; delayMs > 0; delayMs -= 1) {
        queue.addAfter(`room-${delayMs}`, "interval", delayMs);
      }
      expect(clock.sleeping).to.equal(1);
      await clock.advance(1000);
      expect(clock.sleeping).to.equal(0);
      expect(queue.size).to.equal(1000);
    });

    it("is not moved by a jump of wall time", async () => {
      const { queue, clock } = aQueue();
      queue.addAfter("room", "git", 1000);
      clock.jumpWall(3_600_000);
      await settled();
      expect(await takeNow(queue)).to.equal(null);
    });

    it("treats a delay of zero or less as none, and refuses one that is no number", async () => {
      const { queue } = aQueue();
      queue.addAfter("a", "git", 0);
      queue.addAfter("b", "git", -5);
      expect(await drain(queue)).to.deep.equal(["a", "b"]);
      expect(() => queue.addAfter("c", "git", Number.NaN)).to.throw(RangeError, "NaN");
    });
  });

  describe("in flight", () => {
    async function withTaken(key: string): Promise<WorkQueue> {
      const { queue } = aQueue();
      queue.add(key, "event");
      expect((await takeNow(queue))?.key).to.equal(key);
      return queue;
    }

    it("does not return a key that is in flight", async () => {
      const queue = await withTaken("room");
      queue.add("room", "apply");
      expect(queue.placeOf("room").kind).to.equal("running");
      expect(await takeNow(queue)).to.equal(null);
    });

    it("tells where a key is between two passes", async () => {
      const { clock, queue } = aQueue();
      expect(queue.placeOf("room")).to.deep.equal({ kind: "absent" });
      queue.addAfter("room", "interval", 5000);
      await clock.advance(2000);
      const waiting = { kind: "waiting", dueInMs: 3000, held: false };
      expect(queue.placeOf("room")).to.deep.equal(waiting);
      queue.add("room", "event");
      expect(queue.placeOf("room")).to.deep.equal({ kind: "queued" });
      await takeNow(queue);
      expect(queue.placeOf("room")).to.deep.equal({ kind: "running" });
      queue.done("room", { kind: "backoff", priority: "interval", atLeastMs: 60_000 });
      expect(queue.placeOf("room")).to.deep.equal({ ...waiting, dueInMs: 60_000, held: true });
    });

    it("returns a key that was added in flight once it is done, with the highest priority", async () => {
      const queue = await withTaken("room");
      for (const priority of ["interval", "git", "event"] as const) queue.add("room", priority);
      queue.done("room");
      expect(queue.placeOf("room").kind).to.equal("queued");
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
      queue.done("room");
      expect(await takeNow(queue)).to.equal(null);
    });

    it("says that there is newer work after a new revision, not after a person, an event or the interval", async () => {
      for (const { priority, want } of [
        { priority: "apply", want: false },
        { priority: "git", want: true },
        { priority: "event", want: false },
        { priority: "interval", want: false },
      ] as const) {
        const queue = await withTaken("room");
        expect(queue.hasNewer("room")).to.equal(false);
        queue.add("room", priority);
        expect(queue.hasNewer("room"), priority).to.equal(want);
        queue.done("room");
        expect((await takeNow(queue))?.priority).to.equal(priority);
        expect(queue.hasNewer("room"), "of the next pass").to.equal(false);
      }
    });

    it("refuses done for a key that is not in flight", () => {
      const { queue } = aQueue();
      queue.add("room", "git");
      expect(() => queue.done("room")).to.throw('"room" is not in flight');
    });
  });

  describe("a worker that is woken", () => {
    it("has no key, and is the only one", async () => {
      const { queue } = aQueue();
      const first = queue.take(AbortSignal.timeout(5000));
      const second = queue.take(AbortSignal.timeout(5000));
      queue.add("room", "git");
      queue.wake();
      expect([await first, await second]).to.deep.equal([WOKEN, { key: "room", priority: "git" }]);
    });

    it("is none where none waits: who comes then gets a key", async () => {
      const { queue } = aQueue();
      queue.wake();
      queue.add("room", "git");
      expect(await queue.take(AbortSignal.timeout(5000))).to.include({ key: "room" });
    });
  });

  describe("ends", () => {
    it("rejects a take with the signal's reason and loses no key by it", async () => {
      const { queue } = aQueue();
      const controller = new AbortController();
      const take = rejection(queue.take(controller.signal));
      controller.abort(new Error("stopping"));
      queue.add("room", "git");
      expect((await take).message).to.equal("stopping");
      expect((await rejection(queue.take(controller.signal))).message).to.equal("stopping");
      expect(await drain(queue)).to.deep.equal(["room"]);
    });

    it("answers null once closed, drops what is pending and leaves no timer", async () => {
      const { queue, clock } = aQueue();
      const waiting = queue.take(AbortSignal.timeout(5000));
      queue.addAfter("later", "git", 1000);
      queue.close();
      queue.close();
      expect(await waiting).to.equal(null);
      queue.add("room", "git");
      expect(await queue.take(AbortSignal.timeout(5000))).to.equal(null);
      expect([queue.size, clock.sleeping]).to.deep.equal([0, 0]);
      for (const key of ["later", "room"])
        expect(queue.placeOf(key)).to.deep.equal({ kind: "absent" });
    });

    it("accepts done for a pass that was under way when it closed", async () => {
      const { queue } = aQueue();
      queue.add("room", "git");
      await takeNow(queue);
      queue.close();
      queue.done("room", { kind: "again", priority: "git" });
      expect([queue.placeOf("room").kind, queue.size]).to.deep.equal(["absent", 0]);
    });
  });

  it("handles 10,000 keys without work that grows with their number", async () => {
    const time = async (keys: number) => {
      const { queue } = aQueue();
      const startMs = cpuMs();
      for (let index = 0; index < keys; index += 1)
        queue.addAfter(`room-${index}`, "interval", 9e6);
      for (let index = 0; index < keys; index += 1) queue.add(`room-${index}`, "interval");
      for (let index = 0; index < keys; index += 1) queue.add(`room-${index}`, "git");
      expect(await drain(queue)).to.have.length(keys);
      return (cpuMs() - startMs) / keys;
    };
    await time(1000);
    const few = await time(1000);
    expect(await time(10_000)).to.be.lessThan(Math.max(few * 8, 0.1));
  });
});
