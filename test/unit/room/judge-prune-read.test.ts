import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { judgeRead, withTrust, type JudgedRead } from "../../../agent/room/judge-read.ts";
import { untilGone } from "../../../agent/room/prune-progress.ts";
import { LOOK_MS } from "../../../agent/room/missing.ts";
import type { Room } from "../../../agent/room/room.ts";
import { PRUNE_MARK } from "../../support/a-prune-mark.ts";
import { aRoomState } from "../../support/a-room-state.ts";
import { aRoomRow, ROW_MS } from "../../support/a-row.ts";

const TOLERANCE_MS = 5000;
const LONG_MS = 300_000;
const OURS: readonly Item[] = ["entity/a", "entity/b", "entity/c", "entity/d", "entity/e"];

/** Reads of a room that is to be pruned, one after the other, each judged by what the one before left. */
class PruneReads {
  row: Room = aRoomRow({ inventory: OURS, owner: null, prune: PRUNE_MARK });
  nowMs = ROW_MS;

  /** What of the inventory is left after a read that shows `ids`. */
  left(ids: string, given: Partial<JudgedRead> = {}): string {
    const trust = judgeRead({
      observed: aRoomState({ entities: ids.split("").map((id) => ({ id })) }),
      row: this.row,
      wanted: new Set(),
      newConnection: true,
      nowMs: this.nowMs,
      toleranceMs: TOLERANCE_MS,
      removed: [],
      ...given,
    });
    this.row = withTrust(this.row, trust);
    return this.row.inventory.map((item) => item.slice(-1)).join("");
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  /** A read each 30 s for so long: what of the inventory is left after the last one. */
  looks(forMs: number, ids: string, given: Partial<JudgedRead> = {}): string {
    let last = "";
    for (let ms = forMs; ms > 0; ms -= LOOK_MS)
      last = this.after(Math.min(ms, LOOK_MS)).left(ids, given);
    return last;
  }

  /** The RoomServer answered that it removed these, at this very moment. */
  removing(ids: string): this {
    const items = ids.split("").map((id): Item => `entity/${id}`);
    this.row = { ...this.row, removing: { items, at: new Date(this.nowMs).toISOString() } };
    return this;
  }
}

describe("reads of a room that is to be pruned", () => {
  it("take what they do not show out of the inventory after 5 minutes, over a new connection", () => {
    const reads = new PruneReads();
    expect(reads.left("abc")).to.equal("abcde");
    expect(reads.looks(LONG_MS - 1, "abc")).to.equal("abcde");
    expect(reads.after(1).left("abc", { newConnection: false })).to.equal("abcde");
    expect(reads.left("abc")).to.equal("abc");
    expect(reads.row.pruning).to.include({ found: 2, removed: 0, missingSince: null });
  });

  it("wait as long as StaleTolerance where that is longer", () => {
    const reads = new PruneReads();
    const toleranceMs = 2 * LONG_MS;
    reads.left("abc");
    expect(reads.looks(LONG_MS, "abc", { toleranceMs })).to.equal("abcde");
    expect(reads.looks(LONG_MS, "abc", { toleranceMs })).to.equal("abc");
  });

  it("begin the time again with another item that is missing, one that was back, and a clock that went back", () => {
    const reads = new PruneReads();
    reads.left("abcd");
    expect(reads.looks(LONG_MS - 1, "abcd")).to.equal("abcde");
    expect(reads.after(1).left("abc")).to.equal("abcde");
    expect(reads.looks(LONG_MS - 1, "abc")).to.equal("abcde");
    reads.left("abcde");
    expect(reads.after(1).left("abc")).to.equal("abcde");
    expect(reads.after(-LONG_MS).left("abc")).to.equal("abcde");
    expect(reads.looks(LONG_MS, "abc")).to.equal("abc");
  });

  it("begin the time again after one in which nothing was read", () => {
    const reads = new PruneReads();
    reads.left("abc");
    expect(reads.looks(LONG_MS - 1, "abc")).to.equal("abcde");
    expect(reads.after(2 * LOOK_MS + 1).left("abc")).to.equal("abcde");
    expect(reads.looks(LONG_MS - 1, "abc")).to.equal("abcde");
    expect(reads.after(2 * LOOK_MS).left("abc")).to.equal("abc");
  });

  it("take what was removed out of the inventory at once, unless they lack half", () => {
    expect(new PruneReads().removing("ab").left("cde")).to.equal("cde");
    const reads = new PruneReads().removing("abcde");
    expect(reads.left("de")).to.equal("abcde");
    expect(reads.after(TOLERANCE_MS - 1).left("de")).to.equal("abcde");
    expect(reads.after(1).left("de", { newConnection: false })).to.equal("abcde");
    expect(reads.left("de")).to.equal("de");
    expect(reads.row.pruning).to.include({ removed: 3, found: 0 });
  });

  it("begin that again where one shows more, and where they lack more", () => {
    const reads = new PruneReads().removing("abcde");
    reads.left("");
    expect(reads.after(TOLERANCE_MS - 1).left("abcde")).to.equal("abcde");
    expect(reads.row.removing).to.not.have.property("missing");
    expect(reads.left("de")).to.equal("abcde");
    expect(reads.after(TOLERANCE_MS).left("d")).to.equal("abcde");
    expect(reads.after(2 * LOOK_MS + 1).left("d")).to.equal("abcde");
    expect(reads.after(TOLERANCE_MS).left("d")).to.equal("d");
  });

  it("decide alone where a state never lags", () => {
    const reads = new PruneReads().removing("abcde");
    expect(reads.left("", { toleranceMs: 0, newConnection: false })).to.equal("");
  });

  it("show nothing to be gone while they are not believed", () => {
    const reads = new PruneReads();
    const at = "2026-01-01T00:00:00.000Z";
    reads.row = { ...reads.row, removing: { items: ["entity/a"], at } };
    expect(reads.left("y")).to.equal("abcde");
    expect(reads.after(TOLERANCE_MS).left("x")).to.equal("abcde");
    expect(reads.after(TOLERANCE_MS).left("x")).to.equal("bcde");
    expect(reads.row.removing).to.equal(null);
    expect(reads.row.pruning).to.include({ removed: 1, found: 0 });
    expect(reads.looks(LONG_MS - 2 * TOLERANCE_MS - 1, "x")).to.equal("bcde");
    expect(reads.after(1).left("y")).to.equal("bcde");
    expect(reads.after(TOLERANCE_MS).left("y")).to.equal("");
  });

  it("show what was removed to be in the room, and count it as found gone later", () => {
    const reads = new PruneReads();
    const at = PRUNE_MARK.since;
    reads.row = { ...reads.row, removing: { items: ["entity/a", "entity/b"], at } };
    reads.after(TOLERANCE_MS - 1).left("abcde");
    expect(reads.row.removing).to.not.have.property("shown");
    reads.after(1).left("acde");
    expect(reads.row.removing).to.deep.equal({ items: ["entity/a"], at, shown: ["entity/a"] });
    reads.left("cde");
    expect(reads.looks(LONG_MS, "cde")).to.equal("cde");
    expect(reads.row.pruning).to.include({ removed: 1, found: 1 });
  });
});

describe("a prune that waits for what is missing", () => {
  const waits = (afterMs: number, toleranceMs = TOLERANCE_MS) => {
    const reads = new PruneReads();
    reads.left("abc");
    const observed = aRoomState({ entities: ["a", "b", "c"].map((id) => ({ id })) });
    const nowMs = reads.after(afterMs).nowMs;
    const outcome = untilGone({ row: reads.row, observed }, { nowMs, toleranceMs });
    return outcome?.kind === "waiting" ? outcome.afterMs : outcome;
  };

  it("looks each 30 s, and when the 5 minutes end", () => {
    expect([0, 200_000, 290_000, LONG_MS].map((ms) => waits(ms))).to.deep.equal([
      30_000, 30_000, 10_000, 0,
    ]);
    expect(waits(LONG_MS, 2 * LONG_MS)).to.equal(30_000);
  });
});
