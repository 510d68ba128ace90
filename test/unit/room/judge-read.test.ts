import { expect } from "chai";
import { toIso } from "../../../agent/kernel/clock.ts";
import type { Item } from "../../../agent/plan/item.ts";
import {
  isHolding,
  judgeRead,
  waitForSecondRead,
  withTrust,
  type JudgedRead,
  type Trust,
} from "../../../agent/room/judge-read.ts";
import { aRoomState } from "../../support/a-room-state.ts";
import { aRoomRow, ROW_MS } from "../../support/a-row.ts";

const TOLERANCE_MS = 5000;
const OURS: readonly Item[] = ["entity/a", "entity/b", "entity/c"];

/** Reads of one room, one after the other, each judged by what the one before left. */
class Reads {
  row = aRoomRow({ inventory: OURS });
  nowMs = ROW_MS;

  read(ids: readonly string[], given: Partial<JudgedRead> = {}): Trust {
    const observed = aRoomState({ entities: ids.map((id) => ({ id })) });
    const trust = judgeRead({
      observed,
      row: this.row,
      removed: [],
      newConnection: this.row.suspicion !== null,
      nowMs: this.nowMs,
      toleranceMs: TOLERANCE_MS,
      ...given,
    });
    this.row = withTrust(this.row, trust);
    return trust;
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  get holds(): boolean {
    return isHolding(this.row.suspicion);
  }
}

const told = ({ news }: Trust) =>
  news.map((each) => (each.kind === "trusted" ? `trusted ${each.because}` : each.kind));

describe("judgeRead", () => {
  it("holds nothing after a read of all that is known", () => {
    const reads = new Reads();
    const trust = reads.read(["a", "b", "c"]);
    expect(trust).to.deep.equal({
      isOdd: false,
      suspicion: null,
      waitMs: null,
      gone: [],
      news: [],
    });
  });

  it("holds after a read that lacks more than half, and says what is odd", () => {
    const reads = new Reads();
    const trust = reads.read(["a"]);
    expect(told(trust)).to.deep.equal(["suspected"]);
    expect([trust.isOdd, trust.waitMs, reads.holds]).to.deep.equal([true, TOLERANCE_MS, true]);
    expect(reads.row.suspicion).to.deep.include({
      kind: "incomplete",
      since: toIso(ROW_MS),
      seenAt: toIso(ROW_MS),
      acceptedAt: null,
    });
    expect(reads.row.suspicion?.message).to.match(/2 of the 3 .*: entity\/b, entity\/c$/);
    expect(reads.row.inventory).to.equal(OURS);
  });

  it("believes the same set again, later and over a new connection; what is gone leaves the inventory", () => {
    const reads = new Reads();
    reads.read(["x"]);
    const trust = reads.after(TOLERANCE_MS).read(["x"]);
    expect(told(trust)).to.deep.equal(["trusted sameAgain"]);
    expect([reads.holds, trust.waitMs]).to.deep.equal([false, null]);
    expect(reads.row.suspicion?.acceptedAt).to.equal(toIso(ROW_MS + TOLERANCE_MS));
    expect(reads.row.inventory).to.deep.equal([]);
  });

  it("does not believe it a moment too early", () => {
    const reads = new Reads();
    reads.read(["x"]);
    const trust = reads.after(TOLERANCE_MS - 1).read(["x"]);
    expect([told(trust), reads.holds, trust.waitMs]).to.deep.equal([[], true, 1]);
    reads.after(1).read(["x"]);
    expect(reads.holds).to.equal(false);
  });

  it("does not believe it over the connection of before, however late", () => {
    const reads = new Reads();
    reads.read(["x"]);
    const trust = reads.after(3_600_000).read(["x"], { newConnection: false });
    expect([told(trust), reads.holds, trust.waitMs]).to.deep.equal([[], true, 0]);
  });

  it("begins anew with another set, and keeps since when it holds", () => {
    const reads = new Reads();
    reads.read(["x"]);
    const trust = reads.after(TOLERANCE_MS).read(["y"]);
    expect([told(trust), reads.holds]).to.deep.equal([["suspected"], true]);
    expect(reads.row.suspicion).to.deep.include({
      since: toIso(ROW_MS),
      seenAt: toIso(ROW_MS + TOLERANCE_MS),
    });
    reads.after(TOLERANCE_MS).read(["x"]);
    expect(reads.holds, "x is another set than the one read last").to.equal(true);
    reads.after(TOLERANCE_MS).read(["x"]);
    expect(reads.holds).to.equal(false);
  });

  it("does not look at the order or the attributes of a set", () => {
    const reads = new Reads();
    reads.read(["x", "y"]);
    reads.after(TOLERANCE_MS).read(["y", "x"]);
    expect(reads.holds).to.equal(false);
  });

  it("ends with a later read of what is known, over a new connection", () => {
    const reads = new Reads();
    reads.read([]);
    expect(told(reads.after(TOLERANCE_MS - 1).read(["a", "b", "c"]))).to.deep.equal([]);
    expect(reads.holds, "it may be there only because it was joined again").to.equal(true);
    const trust = reads.after(1).read(["a", "b", "c"]);
    expect(told(trust)).to.deep.equal(["trusted asKnown"]);
    expect([reads.row.suspicion, reads.row.inventory]).to.deep.equal([null, OURS]);
  });

  it("believes an accepted set for as long as it is read, and nothing else", () => {
    const reads = new Reads();
    reads.read([]);
    reads.after(TOLERANCE_MS).read([]);
    // Joined again, the server says; and still nothing is there.
    reads.row = { ...reads.row, inventory: OURS };
    expect(told(reads.after(1).read([]))).to.deep.equal([]);
    expect(reads.holds).to.equal(false);
    expect(told(reads.read(["x"]))).to.deep.equal(["suspected"]);
    expect(reads.row.suspicion?.since).to.equal(toIso(reads.nowMs));
  });

  it("forgets an accepted set with a read of what is known", () => {
    const reads = new Reads();
    reads.read(["x"]);
    reads.after(TOLERANCE_MS).read(["x"]);
    reads.row = { ...reads.row, inventory: OURS };
    expect(told(reads.read(["a", "b", "c"]))).to.deep.equal([]);
    expect(reads.row.suspicion).to.equal(null);
  });

  it("does not miss what this agent removed itself", () => {
    const reads = new Reads();
    reads.read([], { removed: OURS });
    expect(reads.row.suspicion).to.equal(null);
  });

  it("takes out of the inventory what is gone and not wanted any more, once it believes the read", () => {
    const reads = new Reads();
    reads.read(["a", "b"], { wanted: new Set(["entity/c"]) });
    expect(reads.row.inventory).to.deep.equal(OURS);
    reads.read(["a", "b"], { wanted: new Set() });
    expect(reads.row.inventory).to.deep.equal(["entity/a", "entity/b"]);
    const odd = new Reads();
    odd.read(["a"], { wanted: new Set() });
    expect(odd.row.inventory).to.equal(OURS);
  });

  it("counts anew from a wall clock that went back, and not for a day", () => {
    const reads = new Reads();
    reads.read(["x"]);
    const trust = reads.after(-86_400_000).read(["x"]);
    expect([reads.holds, trust.waitMs]).to.deep.equal([true, TOLERANCE_MS]);
    reads.after(TOLERANCE_MS).read(["x"]);
    expect(reads.holds).to.equal(false);
  });

  it("asks for another pass as soon as a second read can decide", () => {
    const reads = new Reads();
    const trust = reads.read(["x"]);
    expect(waitForSecondRead(trust)).to.deep.include({
      kind: "waiting",
      reason: "SuspiciousRead",
      afterMs: TOLERANCE_MS,
    });
    const second = reads.after(TOLERANCE_MS).read(["x"]);
    expect(waitForSecondRead(second)).to.deep.include({ afterMs: 0 });
  });
});
