import { expect } from "chai";
import type { OwnTrigger } from "../../../agent/kernel/trigger.ts";
import type { WorkQueue } from "../../../agent/queue/work-queue.ts";
import { aQueue, takeNow } from "./work-queue.ts";

/** A person's request is taken and ends without having spent what was asked for. */
async function rehearse(queue: WorkQueue): Promise<void> {
  queue.add("room", "apply");
  expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "apply" });
  queue.done("room", { kind: "unspent" });
}

describe("WorkQueue, after a pass that spent nothing", () => {
  it("does not bring back a key that only a person asked for", async () => {
    const { queue, clock } = aQueue();
    await rehearse(queue);
    await clock.advance(3_600_000);
    expect(await takeNow(queue)).to.equal(null);
    expect(queue.placeOf("room")).to.deep.equal({ kind: "absent" });
  });

  for (const priority of ["git", "event", "interval"] satisfies OwnTrigger[]) {
    it(`brings back at once what ${priority} asked for before the request`, async () => {
      const { queue } = aQueue();
      queue.add("room", priority);
      await rehearse(queue);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority });
    });

    it(`brings back at once what ${priority} asked for behind the request`, async () => {
      const { queue } = aQueue();
      queue.add("room", "apply");
      queue.add("room", priority);
      await rehearse(queue);
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority });
    });

    it(`brings back what ${priority} asked for when a request joins the pass that it was taken for`, async () => {
      const { queue } = aQueue();
      queue.add("room", priority);
      expect((await takeNow(queue))?.priority).to.equal(priority);
      queue.done("room", { kind: "unspent" });
      expect(await takeNow(queue)).to.deep.equal({ key: "room", priority });
    });
  }

  it("leaves a wait as long as it was", async () => {
    const { queue, clock } = aQueue();
    queue.addAfter("room", "interval", 60_000);
    await clock.advance(20_000);
    await rehearse(queue);
    await rehearse(queue);
    expect(queue.placeOf("room")).to.deep.equal({ kind: "waiting", dueInMs: 40_000, held: false });
    await clock.advance(40_000);
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "interval" });
  });

  it("brings back at once a wait that ended during the pass", async () => {
    const { queue, clock } = aQueue();
    queue.addAfter("room", "interval", 1000);
    queue.add("room", "apply");
    await takeNow(queue);
    await clock.advance(5000);
    queue.done("room", { kind: "unspent" });
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "interval" });
  });

  it("leaves a backoff and its failures as they were", async () => {
    const { queue, clock } = aQueue();
    const held = (dueInMs: number) => ({ kind: "waiting", dueInMs, held: true });
    queue.add("room", "git");
    await takeNow(queue);
    queue.done("room", { kind: "backoff", priority: "interval" });
    await rehearse(queue);
    queue.add("room", "event");
    expect(queue.placeOf("room")).to.deep.equal(held(1000));
    await clock.advance(1000);
    expect(await takeNow(queue)).to.deep.equal({ key: "room", priority: "event" });
    queue.done("room", { kind: "backoff", priority: "interval" });
    expect(queue.placeOf("room"), "after the second failure").to.deep.equal(held(2000));
  });

  it("leaves the key's place among those unseen the longest", async () => {
    const { queue } = aQueue();
    for (const key of ["room", "other"]) {
      queue.add(key, "git");
      await takeNow(queue);
      queue.done(key);
    }
    await rehearse(queue);
    for (const key of ["other", "room"]) queue.add(key, "interval");
    expect((await takeNow(queue))?.key).to.equal("room");
  });

  it("lets the pass of a request that is carried out stand for all that was asked before", async () => {
    const { queue, clock } = aQueue();
    queue.addAfter("room", "interval", 60_000);
    queue.add("room", "git");
    queue.add("room", "apply");
    await takeNow(queue);
    queue.done("room");
    await clock.advance(3_600_000);
    expect(await takeNow(queue)).to.equal(null);
  });
});
