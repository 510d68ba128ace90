import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { CorrectionCounts } from "../../../agent/reconcile/correction-counts.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const corrected = (item: Item, lastMinute: number, lastHour = lastMinute) => [
  { item, lastMinute, lastHour },
];

describe("CorrectionCounts", () => {
  const seen = (item: Item, isSeen = true) => [{ item, isSeen }];

  it("remembers for a minute what a read showed, however often it is denied since", async () => {
    const clock = new FakeClock();
    const counts = new CorrectionCounts(clock);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(false);
    counts.add("a", seen("entity/E-1"));
    await clock.advance(40_000);
    expect(counts.add("a", seen("entity/E-1", false))[0]?.lastMinute).to.equal(2);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(true);
    await clock.advance(20_000);
    expect(counts.wasSeen("a", "entity/E-1")).to.equal(false);
    expect(counts.wasSeen("b", "entity/E-1")).to.equal(false);
  });

  it("counts the last minute and the last hour, each room and item for itself", async () => {
    const clock = new FakeClock();
    const counts = new CorrectionCounts(clock);
    expect(counts.add("a", [...seen("entity/E-1"), ...seen("entity/E-2")])).to.deep.equal([
      ...corrected("entity/E-1", 1),
      ...corrected("entity/E-2", 1),
    ]);
    await clock.advance(30_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 2));
    expect(counts.add("b", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 1));
    await clock.advance(30_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 2, 3));
    await clock.advance(3_540_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 1, 3));
    await clock.advance(3_600_000);
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 1));
  });

  it("counts a room that is forgotten from zero", () => {
    const counts = new CorrectionCounts(new FakeClock());
    for (const room of ["a", "b"]) counts.add(room, seen("entity/E-1"));
    counts.forget("a");
    counts.forget("never");
    expect(counts.add("a", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 1));
    expect(counts.add("b", seen("entity/E-1"))).to.deep.equal(corrected("entity/E-1", 2));
  });

  it("remembers 20 corrections of an item, 200 items of a room and 20,000 of all rooms", () => {
    const counts = new CorrectionCounts(new FakeClock());
    const many = (count: number) =>
      Array.from({ length: count }, (_unused, at) => ({
        item: `entity/E-${at}` as const,
        isSeen: true,
      }));
    for (let times = 0; times < 30; times += 1) counts.add("old", many(201));
    expect(counts.add("old", many(1))).to.deep.equal(corrected("entity/E-0", 20));
    expect(counts.add("old", seen("entity/E-199"))).to.deep.equal(corrected("entity/E-199", 20));
    expect(counts.add("old", seen("entity/E-200"))).to.deep.equal(corrected("entity/E-200", 1));
    for (let at = 0; at < 99; at += 1) counts.add(`room-${at}`, many(200));
    expect(counts.wasSeen("old", "entity/E-0")).to.equal(true);
    counts.add("room-0", seen("entity/E-0"));
    counts.add("one-more", seen("entity/E-0"));
    expect(counts.wasSeen("old", "entity/E-0")).to.equal(false);
    expect(counts.wasSeen("room-0", "entity/E-0")).to.equal(true);
    expect(counts.wasSeen("room-1", "entity/E-0")).to.equal(true);
  });
});
