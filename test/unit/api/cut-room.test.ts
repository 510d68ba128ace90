import { expect } from "chai";
import { cutRoom } from "../../../agent/api/cut-room.ts";
import { toRoomView } from "../../../agent/api/room-view.ts";
import { roomAnswer } from "../../../agent/api/status-contract.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { SHOWN_ENTRIES } from "../../../agent/plan/cut-names.ts";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import { aRoomRow } from "../../support/a-row.ts";

const ids = (count: number, letters = 0): readonly Item[] =>
  Array.from({ length: count }, (_, at): Item => `entity/${at}-${"x".repeat(letters)}`);

function refused(items: readonly Item[]) {
  const refusal: Refusal = {
    guardrail: "kick-limit",
    reason: "KickLimitExceeded",
    effect: "refusal",
    message: "too many",
    items,
    confirmable: true,
  };
  return toRoomView(aRoomRow({ refusals: [refusal] }), new Set());
}

describe("cutRoom", () => {
  it("leaves a room with short lists as it is", () => {
    const room = refused(ids(SHOWN_ENTRIES));
    expect(cutRoom(room, SHOWN_ENTRIES)).to.deep.equal(room);
  });

  it("shows the first of each longer list, and says how many there are", () => {
    const room = cutRoom(refused(ids(1000)), SHOWN_ENTRIES);
    expect(room.wouldRemove).to.have.length(SHOWN_ENTRIES);
    expect(room.refusals[0]?.items).to.have.length(SHOWN_ENTRIES);
    expect(room.cutLists).to.deep.equal([
      { list: "wouldRemove", shown: SHOWN_ENTRIES, total: 1000 },
      { list: "refusals[0].items", shown: SHOWN_ENTRIES, total: 1000 },
    ]);
    expect(roomAnswer.safeParse(room).success).to.equal(true);
  });

  it("bounds what 150 rooms with 1,000 ids of 963 letters take", () => {
    const text = JSON.stringify(cutRoom(refused(ids(1000, 963)), SHOWN_ENTRIES));
    expect(text.length * 150).to.be.lessThan(6_000_000);
  });

  it("shows the lists of one room whole, with names cut", () => {
    const room = cutRoom(refused(ids(1000, 963)), Number.POSITIVE_INFINITY);
    expect(room.wouldRemove).to.have.length(1000);
    expect(room.wouldRemove.every((name) => name.length < 300)).to.equal(true);
    expect(room.cutLists).to.equal(undefined);
  });
});
