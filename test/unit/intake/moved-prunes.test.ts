import { expect } from "chai";
import type { FoundAtHead } from "../../../agent/intake/claims-at-head.ts";
import { movedPrunes } from "../../../agent/intake/gone-news.ts";

const ROOM = "room-lab7";

/** What becomes of a room that waits for its prune where that is found for it at the place of another source. */
function newsOf(found: FoundAtHead | null): readonly unknown[] {
  const owners = { prunesOf: () => [ROOM] };
  const given = { source: { name: "specs" }, head: "h", atHead: () => found };
  return movedPrunes(given as never, { owners } as never).map(({ roomId, news }) => [
    roomId,
    news.kind === "gone" && news.prune === null && news.waitsFor?.source,
  ]);
}

describe("a room that waits for its prune", () => {
  it("waits for the source that its file came to", () => {
    const found = { kind: "moved", source: "other", path: "b/x.yaml" } as const;
    expect(newsOf(found)).to.deep.equal([[ROOM, "other"]]);
  });

  it("is not pruned where a file names it that its source may not have", () => {
    const found = { kind: "maybe", why: "it names it", isNamed: true } as const;
    expect(newsOf(found)).to.deep.equal([[ROOM, undefined]]);
  });

  it("waits as before where a file there cannot be parsed, or nothing is there", () => {
    expect(newsOf({ kind: "maybe", why: "it cannot be parsed", isNamed: false })).to.deep.equal([]);
    expect(newsOf(null)).to.deep.equal([]);
  });
});
