import { expect } from "chai";
import * as fc from "fast-check";
import { TRIGGERS } from "../../../agent/kernel/trigger.ts";
import type { PassEnding } from "../../../agent/queue/pass-ending.ts";
import type { Choice } from "../../../agent/queue/waiting-workers.ts";
import type { WorkQueue } from "../../../agent/queue/work-queue.ts";
import type { FakeClock } from "../../support/fake-clock.ts";
import { aQueue, takeNow } from "./work-queue.ts";

const key = fc.constantFrom("a", "b", "c", "d");
const priority = fc.constantFrom(...TRIGGERS);
const own = fc.constantFrom("git", "event", "interval");
const delayMs = fc.constantFrom(0, 1, 900, 1000, 60_000);
const ending: fc.Arbitrary<PassEnding> = fc.oneof(
  fc.constant<PassEnding>({ kind: "settled" }),
  fc.constant<PassEnding>({ kind: "unspent" }),
  own.map((priority): PassEnding => ({ kind: "again", priority })),
  fc
    .tuple(own, delayMs)
    .map(([priority, delayMs]): PassEnding => ({ kind: "after", priority, delayMs })),
  own.map((priority): PassEnding => ({ kind: "backoff", priority })),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), key, priority }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("addAfter" as const), key, priority: own, delayMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      choice: fc.constantFrom("any" as const, "quick" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("done" as const), ending }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("advance" as const), delayMs }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Carries out steps and keeps the books: who holds what, and who is owed a pass. */
class World {
  readonly queue: WorkQueue;
  readonly clock: FakeClock;
  /** By key: whether the pass takes the place of one that the key's own triggers asked for. */
  readonly held = new Map<string, boolean>();
  readonly own = new Set<string>();
  readonly asked = new Set<string>();
  /** Keys whose last pass that says so failed after a second or more; when each key was taken. */
  readonly slow = new Set<string>();
  readonly since = new Map<string, number>();
  taken = 0;

  constructor() {
    ({ queue: this.queue, clock: this.clock } = aQueue());
  }

  async carryOut(step: Step): Promise<void> {
    switch (step.do) {
      case "add":
        this.queue.add(step.key, step.priority);
        (step.priority === "apply" ? this.asked : this.own).add(step.key);
        return;
      case "addAfter":
        this.queue.addAfter(step.key, step.priority, step.delayMs);
        this.own.add(step.key);
        return;
      case "take":
        await this.take(step.choice);
        return;
      case "done":
        this.done(step.ending);
        return;
      case "advance":
        await this.clock.advance(step.delayMs);
    }
  }

  async take(choice: Choice = "any"): Promise<boolean> {
    const taken = await takeNow(this.queue, choice);
    if (taken === null) return false;
    if (choice === "quick") expect(this.slow.has(taken.key), taken.key).to.equal(false);
    this.since.set(taken.key, this.clock.monotonicMs());
    expect(this.held.has(taken.key), `a second holder of ${taken.key}`).to.equal(false);
    const isOwn = this.own.delete(taken.key);
    const isAsked = this.asked.delete(taken.key);
    expect(isOwn || isAsked, `nobody asked for ${taken.key}`).to.equal(true);
    expect(taken.priority === "apply").to.equal(isAsked);
    this.taken += 1;
    this.held.set(taken.key, isOwn);
    return true;
  }

  done(ending: PassEnding): void {
    const [first] = this.held;
    if (first === undefined) return;
    const [key, isOwn] = first;
    this.held.delete(key);
    const tookMs = this.clock.monotonicMs() - (this.since.get(key) ?? 0);
    if (ending.kind === "backoff" && tookMs >= 1000) this.slow.add(key);
    else if (ending.kind !== "again" && ending.kind !== "unspent") this.slow.delete(key);
    if (ending.kind === "unspent" ? isOwn : ending.kind !== "settled") this.own.add(key);
    this.queue.done(key, ending);
  }
}

describe("WorkQueue, whatever happens in whatever order", () => {
  it("has at most one holder of a key, loses nothing and invents nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        for (const step of steps) await world.carryOut(step);
        while (world.held.size > 0) world.done({ kind: "settled" });
        await world.clock.advance(3_600_000);
        while (await world.take()) world.done({ kind: "settled" });
        expect([...world.own, ...world.asked], "lost").to.deep.equal([]);
        expect([world.queue.size, world.clock.sleeping]).to.deep.equal([0, 0]);
      }),
      { numRuns: 150 },
    );
  });

  it("makes no more passes than were asked for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, priority), { maxLength: 60 }), async (adds) => {
        const world = new World();
        for (const [key, priority] of adds) {
          await world.carryOut({ do: "add", key, priority });
        }
        while (await world.take()) world.done({ kind: "settled" });
        expect(world.taken).to.equal(new Set(adds.map(([key]) => key)).size);
      }),
      { numRuns: 100 },
    );
  });
});
