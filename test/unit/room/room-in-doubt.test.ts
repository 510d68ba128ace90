import { expect } from "chai";
import { onOtherServer } from "../../../agent/room/room-in-doubt.ts";
import { aRoomRow } from "../../support/a-row.ts";

const MOVE = { from: "http://a", to: "http://b", since: "2026-02-01T00:00:00.000Z" };
const AT = "2026-01-01T00:00:00.000Z";
const PRUNING = { since: AT, removed: 3, found: 1 };

describe("a room on another RoomServer", () => {
  it("is not what the old one answered that it removed, and did not show", () => {
    const row = aRoomRow({
      inventory: ["entity/E-1", "entity/E-2"],
      removing: { items: ["entity/E-1"], at: AT },
      pruning: { ...PRUNING, missing: ["entity/E-2"], missingSince: AT },
    });
    const after = onOtherServer(row, MOVE);
    expect(after).to.not.have.property("removing");
    expect(after.pruning).to.deep.equal({ ...PRUNING, missing: [], missingSince: null });
    expect(after.inventory).to.deep.equal(row.inventory);
  });
});
