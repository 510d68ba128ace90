import { expect } from "chai";
import {
  coveredItems,
  toConfirmationRow,
  useItems,
  type Confirmation,
  withUsed,
} from "../../../agent/room/confirmations.ts";
import type { Item } from "../../../agent/plan/item.ts";
import type { ConfirmationRow } from "../../../agent/room/rows.ts";
import * as fc from "fast-check";

const HOUR_MS = 3_600_000;
const seenAtMs = Date.UTC(2026, 0, 1);
const confirmation = (originId: string, ...items: Item[]): Confirmation => ({
  origin: "commit",
  originId,
  actor: "Ada <ada@example.org>",
  named: true,
  items,
});
const row = (originId: string, ...items: Item[]): ConfirmationRow =>
  toConfirmationRow("room-a", confirmation(originId, ...items), {
    seenAtMs,
    expiresAfterMs: 24 * HOUR_MS,
  });

/** What the store does with the uses. */
function use(rows: readonly ConfirmationRow[], ...removed: Item[]): readonly ConfirmationRow[] {
  const uses = new Map(useItems(rows, removed).map(({ id, items }) => [id, items]));
  return rows.map((row) => withUsed(row, uses.get(row.id) ?? []));
}

const covered = (rows: readonly ConfirmationRow[], atMs = seenAtMs) =>
  [...coveredItems(rows, atMs)].sort();

describe("toConfirmationRow", () => {
  it("holds from when the agent first saw it", () => {
    expect(row("c1", "entity/a", "entity/b", "entity/a")).to.deep.equal({
      id: "commit/c1/room-a",
      roomId: "room-a",
      origin: "commit",
      originId: "c1",
      actor: "Ada <ada@example.org>",
      named: true,
      items: ["entity/a", "entity/b"],
      inputs: null,
      used: [],
      createdAt: "2026-01-01T00:00:00.000Z",
      expiresAt: "2026-01-02T00:00:00.000Z",
    });
  });

  it("has the same id whenever the same commit is read, and another for another room", () => {
    const time = { seenAtMs: seenAtMs + 5, expiresAfterMs: 1 };
    expect(toConfirmationRow("room-a", confirmation("c1"), time).id).to.equal(row("c1").id);
    expect(toConfirmationRow("room-b", confirmation("c1"), time).id).to.not.equal(row("c1").id);
  });
});

describe("coveredItems", () => {
  it("is what living rows cover and nothing else", () => {
    expect(covered([row("c1", "entity/a"), row("c2", "artifact/b", "entity/a")])).to.deep.equal([
      "artifact/b",
      "entity/a",
    ]);
    expect(covered([])).to.deep.equal([]);
  });

  it("covers nothing from the moment a row expires", () => {
    const rows = [row("c1", "entity/a")];
    expect(covered(rows, seenAtMs + 24 * HOUR_MS - 1)).to.deep.equal(["entity/a"]);
    expect(covered(rows, seenAtMs + 24 * HOUR_MS)).to.deep.equal([]);
  });

  for (const origin of ["commit", "request"] as const) {
    for (const named of [true, false]) {
      it(`covers no more what was removed under it (${origin}, ${named ? "named" : "true"})`, () => {
        const [used] = use([row("c1", "entity/a", "entity/b")], "entity/a");
        if (used === undefined) throw new Error("no row");
        expect(covered([{ ...used, origin, named }])).to.deep.equal(["entity/b"]);
      });
    }
  }

  it("covers nothing by a row whose expiry cannot be read", () => {
    expect(covered([{ ...row("c1", "entity/a"), expiresAt: "soon" }])).to.deep.equal([]);
  });
});

describe("useItems", () => {
  it("uses an item up in every row that covers it", () => {
    expect(
      useItems(
        [row("c1", "entity/a", "entity/b"), row("c2", "entity/a"), row("c3", "entity/b")],
        ["entity/a"],
      ),
    ).to.deep.equal([
      { kind: "confirmationUsed", id: "commit/c1/room-a", items: ["entity/a"] },
      { kind: "confirmationUsed", id: "commit/c2/room-a", items: ["entity/a"] },
    ]);
  });

  it("names no row that has nothing to lose", () => {
    const rows = use([row("c1", "entity/a")], "entity/a");
    expect(useItems(rows, ["entity/a", "entity/z"])).to.deep.equal([]);
    expect(useItems(rows, [])).to.deep.equal([]);
  });
});

describe("a confirmed item (L4)", () => {
  const item = fc.constantFrom<Item>(
    "entity/a",
    "entity/b",
    "artifact/c",
    "policy/dmVisibilityDefault",
  );
  const rowsOf = fc
    .array(fc.uniqueArray(item), { maxLength: 4 })
    .map((lists) => lists.map((items, index) => row(`c${index}`, ...items)));

  it("is removed once, in as many passes as it takes, and never again", () => {
    fc.assert(
      fc.property(rowsOf, fc.array(fc.array(item), { maxLength: 8 }), (start, passes) => {
        let rows: readonly ConfirmationRow[] = start;
        const removed: Item[] = [];
        for (const wanted of passes) {
          const allowed = coveredItems(rows, seenAtMs);
          const done = [...new Set(wanted)].filter((item) => allowed.has(item));
          removed.push(...done);
          rows = use(rows, ...done);
        }
        expect(removed.length, "each once").to.equal(new Set(removed).size);
        const everCovered = coveredItems(start, seenAtMs);
        expect(
          removed.every((item) => everCovered.has(item)),
          "only covered items",
        ).to.equal(true);
        const left = [...everCovered].filter((item) => !removed.includes(item)).sort();
        expect(covered(rows), "the others are still covered").to.deep.equal(left);
      }),
      { numRuns: 200 },
    );
  });

  it("needs a new yes when it drifts back", () => {
    const rows = use([row("c1", "entity/a")], "entity/a");
    expect(covered(rows)).to.deep.equal([]);
    expect(covered([...rows, row("c2", "entity/a")])).to.deep.equal(["entity/a"]);
  });
});
