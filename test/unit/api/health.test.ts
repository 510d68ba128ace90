import { expect } from "chai";
import { healthOf, needyRooms } from "../../../agent/api/health.ts";
import type { Condition } from "../../../agent/status/condition.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aRoomRow } from "../../support/a-row.ts";

const LIVE = {
  store: { ok: true, message: "" },
  observeOnly: null,
  configuration: { loadedAt: "2026-01-01T00:00:00.000Z", changes: [], failure: null },
} as const;
const DOWN = { ok: false, reason: "RoomServerUnavailable", message: "503" } as const;

function stalled(roomId: string, reason: Condition["reason"]): Room {
  const lastTransitionTime = "2026-01-01T00:00:00.000Z";
  const said = { reason, message: reason, lastTransitionTime };
  const conditions: readonly Condition[] = [
    { type: "Ready", status: "False", ...said },
    { type: "Stalled", status: "True", ...said },
  ];
  return aRoomRow({ roomId, conditions });
}

async function problems(roomServer: Parameters<typeof healthOf>[0]["live"]["roomServer"]) {
  const rows = Array.from({ length: 40 }, (_, at) =>
    stalled(`room-${at}`, "RoomServerUnavailable"),
  );
  const rooms = await needyRooms([...rows, stalled("room-spec", "SpecInvalid")]);
  const found = healthOf({ live: { ...LIVE, roomServer }, sources: [], rooms });
  return found.problems.map(({ check, message }) => `${check}: ${message}`);
}

describe("rooms that need a person, in health", () => {
  it("are counted, and the first are named", async () => {
    expect(await problems({ ok: true, message: "" })).to.deep.equal([
      "rooms: 41 rooms need a person: room-0 (RoomServerUnavailable), room-1 (RoomServerUnavailable), room-2 (RoomServerUnavailable), room-3 (RoomServerUnavailable), room-4 (RoomServerUnavailable), … (41 in all). GET /status shows why",
    ]);
  });

  it("stay when calls about some rooms fail and others are answered", async () => {
    const [server, rooms] = await problems(DOWN);
    expect(server).to.equal("roomServer: RoomServerUnavailable: 503");
    const [several] = await problems({ ...DOWN, failing: 5 });
    expect(several).to.equal(
      "roomServer: RoomServerUnavailable: 503; the last calls about 5 rooms failed",
    );
    expect(rooms).to.match(/^rooms: 41 rooms need a person: room-0 /);
  });

  it("are named by an outage of the RoomServer, apart from those with a trouble of their own", async () => {
    expect(await problems({ ...DOWN, isOutage: true })).to.deep.equal([
      "roomServer: RoomServerUnavailable: 503; 40 rooms need a person because of it: room-0, room-1, room-2, room-3, room-4, … (40 in all)",
      "rooms: 1 room needs a person: room-spec (SpecInvalid). GET /status shows why",
    ]);
  });

  it("are not in an outage that no room needs a person for", async () => {
    const rooms = await needyRooms([stalled("room-spec", "SpecInvalid")]);
    const roomServer = { ...DOWN, isOutage: true };
    const found = healthOf({ live: { ...LIVE, roomServer }, sources: [], rooms });
    expect(found.problems.map(({ message }) => message)).to.deep.equal([
      "RoomServerUnavailable: 503",
      "1 room needs a person: room-spec (SpecInvalid). GET /status shows why",
    ]);
  });
});
