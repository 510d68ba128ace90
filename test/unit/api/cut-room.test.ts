import { expect } from "chai";
import { cutRoom, cutRooms, STATUS_LISTS_LENGTH } from "../../../agent/api/cut-room.ts";
import { toRoomView } from "../../../agent/api/room-view.ts";
import { roomAnswer } from "../../../agent/api/status-contract.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { ALL_ENTRIES, FIRST_ENTRIES } from "../../../agent/plan/cut-lists.ts";
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
  return toRoomView(aRoomRow({ refusals: [refusal] }), new Set(), []);
}

describe("cutRoom", () => {
  it("leaves a room with short lists as it is", () => {
    const room = refused(ids(SHOWN_ENTRIES));
    expect(cutRoom(room, FIRST_ENTRIES)).to.deep.equal(room);
  });

  it("shows the first of each longer list, and says how many there are", () => {
    const room = cutRoom(refused(ids(1000)), FIRST_ENTRIES);
    expect(room.wouldRemove).to.have.length(SHOWN_ENTRIES);
    expect(room.refusals[0]?.items).to.have.length(SHOWN_ENTRIES);
    expect(room.cutLists).to.deep.equal([
      { list: "wouldRemove", shown: SHOWN_ENTRIES, total: 1000 },
      { list: "refusals[0].items", shown: SHOWN_ENTRIES, total: 1000 },
    ]);
    expect(roomAnswer.safeParse(room).success).to.equal(true);
  });

  it("bounds what 150 rooms with 1,000 ids of 963 letters take", () => {
    const text = JSON.stringify(cutRoom(refused(ids(1000, 963)), FIRST_ENTRIES));
    expect(text.length * 150).to.be.lessThan(6_000_000);
  });

  it("shows the lists of one room whole, with names cut", () => {
    const room = cutRoom(refused(ids(1000, 963)), ALL_ENTRIES);
    expect(room.wouldRemove).to.have.length(1000);
    expect(room.wouldRemove.every((name) => name.length < 300)).to.equal(true);
    expect(room.cutLists).to.equal(undefined);
  });

  it("shows one page of each list", () => {
    const room = cutRoom(refused(ids(1000)), { offset: 990, count: 100 });
    expect(room.refusals[0]?.items).to.deep.equal(ids(1000).slice(990));
    expect(room.cutLists).to.deep.include({ list: "wouldRemove", shown: 10, total: 1000 });
    expect(cutRoom(refused(ids(1000)), { offset: 1000, count: 100 }).wouldRemove).to.deep.equal([]);
  });
});

describe("cutRooms", () => {
  const many = (rooms: number, items: readonly Item[]) => {
    const room = refused(items);
    return cutRooms(Array.from({ length: rooms }, () => room));
  };
  const shown = (rooms: ReturnType<typeof many>) =>
    rooms.map(({ refusals: [refusal] }) => refusal?.items.length);

  it("shows as many entries of each list as one room does while they fit", () => {
    expect(new Set(shown(many(200, ids(20))))).to.deep.equal(new Set([20]));
    expect(new Set(shown(many(200, ids(20_000))))).to.deep.equal(new Set([SHOWN_ENTRIES]));
  });

  for (const [rooms, entries] of [
    [200, 10],
    [1000, 2],
    [5000, 0],
  ] as const) {
    it(`shows ${entries} entries of the long lists of ${rooms} rooms, and how many there are`, () => {
      const cut = many(rooms, ids(300, 963));
      expect(new Set(shown(cut))).to.deep.equal(new Set([entries]));
      expect(cut[0]?.cutLists?.[0]).to.include({ shown: entries, total: 300 });
      const plain = JSON.stringify(refused([])).length * rooms;
      expect(JSON.stringify(cut).length - plain).to.be.lessThan(STATUS_LISTS_LENGTH * 1.5);
    });
  }

  it("leaves the lists of short rooms whole where others are cut", () => {
    const rooms = [...Array.from({ length: 200 }, () => ids(300, 963)), ids(5)].map(refused);
    expect(shown(cutRooms(rooms)).slice(-2)).to.deep.equal([10, 5]);
  });
});
