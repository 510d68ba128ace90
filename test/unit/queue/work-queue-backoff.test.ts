import { expect } from "chai";
import type { PassEnding } from "../../../agent/queue/pass-ending.ts";
import { aQueue, takeNow } from "./work-queue.ts";

/** A queue in which the pass over `room` ended as `endings` say, one after the other. */
async function afterPasses(...endings: readonly PassEnding[]) {
  const made = aQueue();
  made.queue.add("room", "git");
  for (const [index, ending] of endings.entries()) {
    const taken = await takeNow(made.queue);
    expect(taken?.key).to.equal("room");
    made.queue.done("room", ending);
    if (index + 1 < endings.length) await made.clock.advance(3_600_000);
  }
  return made;
}

const failed: PassEnding = { kind: "backoff", priority: "git" };

describe("WorkQueue, after a pass", () => {
  for (const { ending, tookMs = 0, isSlow } of [
    { ending: failed, tookMs: 1000, isSlow: true },
    { ending: failed, tookMs: 999, isSlow: false },
    { ending: { kind: "unspent" }, isSlow: true },
    { ending: { kind: "again", priority: "git" }, isSlow: true },
    { ending: { kind: "settled" }, tookMs: 5000, isSlow: false },
    { ending: { kind: "after", priority: "interval", delayMs: 1 }, isSlow: false },
  ] satisfies readonly { ending: PassEnding; tookMs?: number; isSlow: boolean }[])
    it(`holds a key that was slow to fail for ${isSlow ? "slow" : "quick"} after ${tookMs} ms that ended ${ending.kind}`, async () => {
      const { queue, clock } = aQueue();
      for (const [end, ms] of [
        [failed, 1000],
        [ending, tookMs],
      ] as const) {
        queue.add("room", "git");
        await takeNow(queue);
        await clock.advance(ms);
        queue.done("room", end);
      }
      queue.add("room", "git");
      expect((await takeNow(queue, "quick"))?.key ?? null).to.equal(isSlow ? null : "room");
    });

  it("brings a settled key back only when it is added", async () => {
    const { queue, clock } = await afterPasses({ kind: "settled" });
    await clock.advance(3_600_000);
    expect(await takeNow(queue)).to.equal(null);
    queue.add("room", "interval");
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "interval" });
  });

  it("brings a key back at once with the priority asked for", async () => {
    const { queue } = await afterPasses({ kind: "again", priority: "event" });
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "event" });
  });

  it("brings a waiting key back after its delay, or as soon as anything triggers it", async () => {
    const wait: PassEnding = { kind: "after", priority: "git", delayMs: 30_000 };
    const untouched = await afterPasses(wait);
    await untouched.clock.advance(29_999);
    expect(await takeNow(untouched.queue)).to.equal(null);
    await untouched.clock.advance(1);
    expect(await takeNow(untouched.queue)).to.deep.equal({ key: "room", priority: "git" });

    const triggered = await afterPasses(wait);
    triggered.queue.add("room", "interval");
    expect(await takeNow(triggered.queue)).to.deep.equal({ key: "room", priority: "git" });
  });

  it("brings a failed key back at once when its backoff ends, and the next backoff is as long as ever", async () => {
    const { queue, clock } = await afterPasses(failed, failed, failed);
    queue.endBackoff("room");
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
    queue.done("room", failed);
    await clock.advance(7999);
    expect(await takeNow(queue)).to.equal(null);
    await clock.advance(1);
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
  });

  it("ends a backoff behind a person's request", async () => {
    const { queue } = await afterPasses(failed);
    queue.add("room", "apply");
    queue.endBackoff("room");
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "apply" });
    queue.done("room", { kind: "unspent" });
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
  });

  it("lets a key in flight that fails wait as after its first failure", async () => {
    const { queue, clock } = await afterPasses(failed, failed, failed, failed);
    await clock.advance(8000);
    expect((await takeNow(queue))?.key).to.equal("room");
    queue.endBackoff("room");
    queue.done("room", failed);
    await clock.advance(999);
    expect(await takeNow(queue)).to.equal(null);
    await clock.advance(1);
    expect((await takeNow(queue))?.key).to.equal("room");
  });

  it("ends no other wait than a backoff", async () => {
    const { queue } = await afterPasses({ kind: "after", priority: "interval", delayMs: 30_000 });
    queue.endBackoff("room");
    queue.endBackoff("unknown");
    expect(await takeNow(queue)).to.equal(null);
  });

  it("brings a failed key back after 1 s, 2 s, 4 s, … and at most 5 min", async () => {
    for (const [failures, delayMs] of [
      [1, 1000],
      [2, 2000],
      [3, 4000],
      [12, 300_000],
    ] as const) {
      const { queue, clock } = await afterPasses(...Array.from({ length: failures }, () => failed));
      await clock.advance(delayMs - 1);
      expect(await takeNow(queue), `${failures} failures`).to.equal(null);
      await clock.advance(1);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
    }
  });

  it("waits as long as the server asked for", async () => {
    const { queue, clock } = await afterPasses({ ...failed, atLeastMs: 7000 });
    await clock.advance(6999);
    expect(await takeNow(queue)).to.equal(null);
    await clock.advance(1);
    expect((await takeNow(queue))?.key).to.equal("room");
  });

  it("counts a failure as the first where it says so, and the next ones from there", async () => {
    const anew: PassEnding = { ...failed, atLeastMs: 3000, isFirst: true };
    const { queue, clock, backoff } = await afterPasses(failed, failed, failed, failed, anew);
    await clock.advance(2999);
    expect(await takeNow(queue)).to.equal(null);
    await clock.advance(1);
    expect((await takeNow(queue))?.key).to.equal("room");
    expect(backoff.next("room")).to.equal(2000);
  });

  it("ignores events and intervals for a key in backoff, and merges them into its retry", async () => {
    const { queue, clock } = await afterPasses({ kind: "backoff", priority: "interval" });
    queue.add("room", "interval");
    queue.add("room", "event");
    queue.addAfter("room", "event", 10);
    await clock.advance(999);
    expect([queue.size, await takeNow(queue)]).to.deep.equal([0, null]);
    await clock.advance(1);
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "event" });
  });

  for (const priority of ["git", "apply"] as const) {
    it(`ends a backoff and forgets the failures when ${priority} asks`, async () => {
      const { queue, clock } = await afterPasses(failed, failed, failed);
      queue.add("room", priority);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority });
      queue.done("room", failed);
      await clock.advance(1000);
      expect((await takeNow(queue))?.key, "after the first delay again").to.equal("room");
    });
  }

  it("does not hold a key that a new revision asked for during the failing pass", async () => {
    const { queue } = aQueue();
    queue.add("room", "event");
    await takeNow(queue);
    queue.add("room", "git");
    queue.done("room", { kind: "backoff", priority: "event" });
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
  });

  it("holds a key that only an event asked for during the failing pass", async () => {
    const { queue, clock } = aQueue();
    queue.add("room", "git");
    await takeNow(queue);
    queue.add("room", "event");
    queue.done("room", failed);
    expect(await takeNow(queue)).to.equal(null);
    await clock.advance(1000);
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "git" });
  });

  it("forgets the failures when a pass settles", async () => {
    const { backoff } = await afterPasses(failed, failed, { kind: "settled" });
    expect(backoff.next("room"), "the first delay again").to.equal(1000);
  });

  it("lets one failing key delay no other", async () => {
    const { queue } = await afterPasses(failed);
    queue.add("other", "interval");
    expect((await takeNow(queue))?.key).to.equal("other");
  });
});
