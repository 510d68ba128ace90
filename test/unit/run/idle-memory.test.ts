import { EventEmitter } from "node:events";
import { expect } from "chai";
import { IdleMemory } from "../../../agent/run/idle-memory.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("IdleMemory", () => {
  let clock: FakeClock;
  let freed: number[];
  let tookMs = 0;
  let usedMs = 0;
  let set: string[] = [];
  let memory: IdleMemory;

  beforeEach(() => {
    clock = new FakeClock();
    freed = [];
    tookMs = 0;
    usedMs = 0;
    set = [];
    const heap = {
      free: () => {
        freed.push(clock.monotonicMs());
        clock.block(tookMs);
      },
      growSlowly: () => set.push("growSlowly"),
      collectAlone: () => set.push("collectAlone"),
    };
    memory = new IdleMemory({ clock, heap, cpuMs: () => usedMs });
    memory.start();
  });
  afterEach(() => memory.stop());

  /** A thread is started and ends. */
  const endThread = () => {
    const worker = new EventEmitter();
    const emitter: EventEmitter = process;
    emitter.emit("worker", worker);
    worker.emit("exit");
  };

  it("lets the heap grow slowly and threads collect alone, two seconds after the start", async () => {
    await clock.advance(1_999);
    expect(set).to.deep.equal([]);
    await clock.advance(3_600_000);
    expect(set).to.deep.equal(["growSlowly", "collectAlone"]);
  });

  it("frees once, a minute after the start", async () => {
    await clock.advance(59_999);
    expect(freed).to.deep.equal([]);
    await clock.advance(3_600_000);
    expect(freed).to.deep.equal([60_000]);
  });

  it("frees ten seconds after a thread ended, once for those that end together", async () => {
    await clock.advance(100_000);
    endThread();
    endThread();
    await clock.advance(10_000);
    endThread();
    await clock.advance(3_600_000);
    expect(freed).to.deep.equal([60_000, 110_000, 120_000]);
  });

  it("frees when two minutes are quiet after much work, and not before", async () => {
    await clock.advance(60_000);
    freed.length = 0;
    usedMs = 9_000;
    await clock.advance(60_000);
    usedMs += 20_000;
    await clock.advance(120_000);
    expect(freed, "in the middle of the work").to.deep.equal([]);
    usedMs += 2_000;
    await clock.advance(120_000);
    expect(freed).to.deep.equal([360_000]);
    await clock.advance(3_600_000);
    expect(freed).to.deep.equal([360_000]);
  });

  it("frees nothing after little work", async () => {
    await clock.advance(60_000);
    usedMs = 9_000;
    await clock.advance(3_600_000);
    expect(freed).to.deep.equal([60_000]);
  });

  it("blocks for at most a thousandth of the time", async () => {
    tookMs = 300;
    await clock.advance(60_000);
    endThread();
    await clock.advance(299_999);
    expect(freed).to.deep.equal([60_000]);
    await clock.advance(1);
    expect(freed).to.deep.equal([60_000, 360_300]);
  });

  it("follows no thread, and frees nothing, once it is stopped", async () => {
    memory.stop();
    memory.stop();
    endThread();
    await clock.advance(3_600_000);
    expect(freed).to.deep.equal([]);
    expect(process.listenerCount("worker")).to.equal(0);
  });
});
