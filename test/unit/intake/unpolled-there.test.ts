import { expect } from "chai";
import type { ServerMove } from "../../../agent/room/room-in-doubt.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { rejection } from "../../support/rejection.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const B = "rooms/b.room.yaml";
const MOVE: ServerMove = {
  from: "http://a.example.org",
  to: "http://b.example.org",
  since: "2026-01-02T00:00:00.000Z",
};
const BACK: ServerMove = { from: MOVE.to, to: MOVE.from, since: "2026-01-03T00:00:00.000Z" };

describe("the first poll of a source on another RoomServer", () => {
  let source: FakeSpecSource;
  let version: number;
  let before: IntakeBench;

  beforeEach(async () => {
    source = new FakeSpecSource();
    version = 1;
    shrink(6, "Begin");
    before = await anIntake(source);
    await before.sync();
  });

  /** A commit that leaves so many entities in the room. */
  function shrink(left: number, message: string): string {
    const specOf = (roomId: string, count: number) =>
      specYaml({ roomId, version, entities: entityIds(count) });
    const oid = source.commit({ [A]: specOf("room-a", left), [B]: specOf("room-b", 1) }, message);
    version += 1;
    return oid;
  }

  const open = (serverMove: ServerMove) => anIntake(source, { store: before.store, serverMove });
  const confirmed = async () =>
    (await before.store.readConfirmations(null, before.clock.nowMs())).flatMap(
      ({ items }) => items,
    );

  for (const line of ["Confirm: true", "Confirm: room-a"])
    it(`brings no "${line}" that counts, and says so on the room`, async () => {
      const commit = shrink(5, `Shrink\n\n${line}`);
      const { sync, room } = await open(MOVE);
      await sync();
      expect(await confirmed()).to.deep.equal([]);
      const ignored = (await room("room-a")).intentIgnored;
      expect(ignored).to.have.length(1);
      expect(ignored[0]).to.include({ commit, line });
      expect(ignored[0]?.reason)
        .to.include(`was ${MOVE.from} and is ${MOVE.to} since ${MOVE.since}`)
        .and.include("Name the room in a new commit once `/status` shows what is refused");
      shrink(4, `Shrink again\n\n${line}`);
      await sync();
      expect(await confirmed(), "a later poll").to.include("entity/E-05");
    });

  it("ends no dry run by name", async () => {
    shrink(6, "Try\n\nDry-Run: room-a");
    await before.sync();
    source.commit({}, "Carry it out\n\nConfirm: room-a");
    const { sync, room } = await open(MOVE);
    await sync();
    expect((await room("room-a")).dryRun).to.not.equal(null);
  });

  it("lets a Confirm of the next one count where it found no new head", async () => {
    const { intake, sync } = await open(MOVE);
    await intake.confirmHead();
    shrink(5, "Shrink\n\nConfirm: true");
    await sync();
    expect(await confirmed()).to.deep.equal(["entity/E-06"]);
  });

  it("is the first one still where a crash cut it off, or its head did not count", async () => {
    const commit = shrink(5, "Shrink\n\nConfirm: true");
    const first = await open(MOVE);
    source.beforeFile = (path) => {
      if (path === B) throw new Error("killed");
    };
    expect((await rejection(first.sync())).message).to.equal("killed");
    source.beforeFile = () => undefined;
    source.commit({ [A]: null, [B]: null }, "Oops");
    const { sync, room } = await open(MOVE);
    expect(await sync()).to.include({ kind: "failed", reason: "SourceEmptied" });
    source.force(commit);
    shrink(4, "Shrink again\n\nConfirm: room-a");
    expect((await sync()).kind).to.equal("synced");
    expect(await confirmed()).to.deep.equal([]);
    expect((await room("room-a")).intentIgnored).to.have.length(2);
  });

  it("comes once for each change, and after a restart not again", async () => {
    await (await open(MOVE)).sync();
    shrink(5, "Shrink\n\nConfirm: true");
    await (await open(MOVE)).sync();
    expect(await confirmed()).to.deep.equal(["entity/E-06"]);
    shrink(4, "Shrink again\n\nConfirm: true");
    await (await open(BACK)).sync();
    expect(await confirmed()).to.deep.equal(["entity/E-06"]);
  });

  it("of a new source is its first sync, and the next one counts", async () => {
    const fresh = new FakeSpecSource("fresh");
    const file = (count: number) =>
      specYaml({ roomId: "room-f", version: 7 - count, entities: entityIds(count) });
    fresh.commit({ [A]: file(6) }, "Begin\n\nConfirm: room-f");
    const { sync } = await anIntake(fresh, { store: before.store, serverMove: MOVE });
    await sync();
    expect(await confirmed()).to.deep.equal([]);
    fresh.commit({ [A]: file(5) }, "Shrink\n\nConfirm: true");
    await sync();
    expect(await confirmed()).to.deep.equal(["entity/E-06"]);
  });
});
