import { expect } from "chai";
import { FIRST_POLL_MS, FirstPolls } from "../../../agent/run/first-polls.ts";
import type { WorkQueue } from "../../../agent/queue/work-queue.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

describe("rooms that want a pass from the start", () => {
  let queued: string[];
  let clock: FakeClock;
  let firstPolls: FirstPolls;

  beforeEach(() => {
    queued = [];
    clock = new FakeClock();
    const queue: Pick<WorkQueue, "add" | "addAfter"> = {
      add: (roomId, priority) => {
        work(1);
        queued.push(`${priority} ${roomId}`);
      },
      addAfter: (roomId, priority, delayMs) => {
        work(1);
        queued.push(`${priority} ${roomId} in ${delayMs}`);
      },
    };
    firstPolls = new FirstPolls({ queue, clock });
  });

  const rooms = (count: number) => Array.from({ length: count }, (_, at) => `room-${at}`);

  it("are queued in turns, in their order, however many there are", async () => {
    const turns = await othersTurns(() => firstPolls.queueWanted(rooms(200), () => []));
    expect(turns).to.be.at.least(4);
    expect(queued).to.deep.equal(rooms(200).map((roomId) => `interval ${roomId}`));
  });

  it("wait for the first poll of their source, or for half a minute", async () => {
    const sourcesOf = (roomId: string) => ({ "room-0": ["a"], "room-1": ["b"] })[roomId] ?? [];
    await firstPolls.queueWanted(rooms(3), sourcesOf);
    expect(queued).to.deep.equal([
      `interval room-0 in ${FIRST_POLL_MS}`,
      `interval room-1 in ${FIRST_POLL_MS}`,
      "interval room-2",
    ]);
    queued = [];
    await firstPolls.polled("b");
    await firstPolls.polled("b");
    await firstPolls.polled("unknown");
    expect(queued).to.deep.equal(["interval room-1"]);
  });

  it("wait for the first polls of all sources that may say what they are to be", async () => {
    await firstPolls.queueWanted(rooms(1), () => ["a", "b"]);
    queued = [];
    await firstPolls.polled("b");
    await firstPolls.polled("b");
    expect(queued).to.deep.equal([]);
    expect(firstPolls.waitMs("room-0")).to.equal(FIRST_POLL_MS);
    await firstPolls.polled("a");
    expect(queued).to.deep.equal(["interval room-0"]);
    expect(firstPolls.waitMs("room-0")).to.equal(0);
  });

  it("come in turns after the poll", async () => {
    await firstPolls.queueWanted(rooms(200), () => ["a"]);
    queued = [];
    const turns = await othersTurns(() => firstPolls.polled("a"));
    expect(turns).to.be.at.least(4);
    expect(queued).to.have.length(200);
  });

  it("wait whatever else asks for a pass, until the poll, a commit about the room, or half a minute", async () => {
    await firstPolls.queueWanted(rooms(3), (roomId) => (roomId === "room-2" ? [] : ["a"]));
    await clock.advance(10_000);
    const waits = () => rooms(3).map((roomId) => firstPolls.waitMs(roomId));
    expect(waits()).to.deep.equal([20_000, 20_000, 0]);
    firstPolls.release("room-0");
    expect(waits()).to.deep.equal([0, 20_000, 0]);
    queued = [];
    await firstPolls.polled("a");
    expect(waits()).to.deep.equal([0, 0, 0]);
    expect(queued, "the commit asked for the pass of the other").to.deep.equal(["interval room-1"]);
  });

  it("wait half a minute at most", async () => {
    await firstPolls.queueWanted(rooms(1), () => ["a"]);
    await clock.advance(FIRST_POLL_MS);
    expect(firstPolls.waitMs("room-0")).to.equal(0);
  });
});
