import { expect } from "chai";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import {
  keepRoomless,
  leftOfRow,
  MOST_ROOMLESS,
  NOTHING_LEFT,
  roomlessKey,
  roomlessOf,
  withRoomless,
  type KeptRoomless,
  type RoomlessDryRuns,
} from "../../../agent/room/roomless-dry-runs.ts";

const dry = (oid: string, commit = `c-${oid}`) => ({ commit, oid });

function kept(document: Partial<RoomlessDryRuns>): KeptRoomless {
  const all: RoomlessDryRuns = {
    ...NOTHING_LEFT,
    source: "specs",
    roomId: "room-a",
    since: "2026-01-01T00:00:00.000Z",
    ...document,
  };
  return { key: roomlessKey(all), document: all };
}

/** As the store has them after the changes. */
function after(before: readonly KeptRoomless[], news: readonly RoomlessDryRuns[]): KeptRoomless[] {
  const all = new Map(before.map((one) => [one.key, one]));
  for (const { key, document } of keepRoomless(before, news)) {
    if (document === null) all.delete(key);
    else all.set(key, { key, document });
  }
  return [...all.values()];
}

describe("dry runs of rooms without a row", () => {
  const left = kept({ left: dry("x") });

  it("count for the source that asked, for every owner of a forgotten room, and for a source renamed", () => {
    const forgotten = kept({ source: null, ended: [dry("y")] });
    const all = [left, forgotten, kept({ roomId: "room-b", left: dry("z") })];
    const at = (source: string, gone: string[] = []) =>
      roomlessOf(all, { source, roomId: "room-a" }, gone);
    const both = [left.key, forgotten.key];
    expect(at("specs")).to.deep.include({ left: dry("x"), ended: [dry("y")], keys: both });
    expect(at("other")).to.deep.include({ left: null, ended: [dry("y")], keys: [forgotten.key] });
    expect(at("other", ["specs"]).keys).to.deep.equal(both);
  });

  it("are remembered of so many rooms of a source, and then any may have been one", () => {
    const full = Array.from({ length: MOST_ROOMLESS }, (_, at) =>
      kept({ roomId: `room-${at}`, left: dry("x"), since: new Date(at).toISOString() }),
    );
    const other = kept({ source: "other", left: dry("x"), since: new Date(0).toISOString() });
    const before = [other, ...full.toReversed()];
    expect(roomlessOf(before, { source: "specs", roomId: "room-new" }).forgotten).to.equal(false);
    const fresh = kept({ roomId: "room-fresh", left: dry("x") }).document;
    const now = after(before, [fresh]);
    const rooms = now.filter(({ document }) => document.roomId !== null);
    expect(rooms).to.have.length(MOST_ROOMLESS + 1);
    const at = (source: string, roomId: string) => roomlessOf(now, { source, roomId });
    expect(at("specs", "room-0")).to.deep.include({ left: null, forgotten: true });
    expect(at("specs", "room-1").left).to.deep.equal(dry("x"));
    expect(at("specs", "room-fresh").left).to.deep.equal(dry("x"));
    expect(at("other", "room-new").forgotten).to.equal(false);
  });

  it("are gone where nothing is left of them, and one that was not there is not written", () => {
    const nothing = kept({}).document;
    expect(after([left], [nothing])).to.deep.equal([]);
    expect(keepRoomless([], [nothing])).to.deep.equal([]);
  });

  it("go into the room's row, over its bound too", () => {
    const row = { ...emptyRoom("room-a", null), rehearsals: [dry("old")] };
    const nine = Array.from({ length: 9 }, (_, at) => dry(`n${at}`));
    const next = withRoomless(row, { ...NOTHING_LEFT, ended: nine });
    expect(next.rehearsals).to.deep.equal([...nine, dry("old")]);
    expect(next.rehearsalsForgotten).to.equal(false);
    const over = withRoomless(row, { ...NOTHING_LEFT, ended: [...nine, dry("n9")] });
    expect([over.rehearsals.length, over.rehearsalsForgotten]).to.deep.equal([10, true]);
    expect(withRoomless(row, { ...NOTHING_LEFT, forgotten: true }).rehearsalsForgotten).to.equal(
      true,
    );
    expect(withRoomless(row)).to.equal(row);
  });

  it("come of a row that is forgotten, the one that waits for the file first", () => {
    const head = { specOid: "h", digest: "d" } as never;
    const row = { ...emptyRoom("room-a", null), rehearsals: [dry("old")], head };
    const waits = { ...row, dryRunLeft: dry("x") };
    expect(leftOfRow(waits)).to.deep.equal({
      left: dry("x"),
      ended: [dry("old")],
      forgotten: false,
    });
    const isOne = leftOfRow({ ...waits, dryRun: { commit: "c-h" } });
    expect(isOne.left).to.deep.equal(dry("h"));
    expect(isOne.ended).to.deep.equal([dry("x"), dry("old")]);
    const ofBroken = { ...row, dryRunLeft: dry("", "c-broken") };
    expect(leftOfRow(ofBroken).left).to.deep.equal(dry("h", "c-broken"));
    expect(leftOfRow({ ...ofBroken, verified: head }).left).to.equal(null);
  });
});
