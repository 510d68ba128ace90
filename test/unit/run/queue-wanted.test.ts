import { expect } from "chai";
import { queueWanted } from "../../../agent/run/queue-wanted.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

describe("rooms that want a pass from the start", () => {
  it("are queued in turns, in their order, however many there are", async () => {
    const roomIds = Array.from({ length: 200 }, (_, at) => `room-${at}`);
    const queued: string[] = [];
    const add = (roomId: string, priority: string): void => {
      work(1);
      queued.push(`${priority} ${roomId}`);
    };
    const turns = await othersTurns(() => queueWanted({ add }, roomIds));
    expect(turns).to.be.at.least(4);
    expect(queued).to.deep.equal(roomIds.map((roomId) => `interval ${roomId}`));
  });
});
