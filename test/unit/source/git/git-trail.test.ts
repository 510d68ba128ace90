import { expect } from "chai";
import * as fc from "fast-check";
import { longerTrail, trailOf } from "../../../../agent/source/git/git-trail.ts";

const line = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`c${at}`, at === 0 ? [] : [`c${at - 1}`]]),
  );
const graphOf = (graph: Record<string, string[]>, shallow: readonly string[] = []) => ({
  parentsOf: (oid: string) => graph[oid] ?? [],
  isShallow: (oid: string) => shallow.includes(oid),
});

describe("trailOf", () => {
  it("names the newest commits, the head first", () => {
    expect(trailOf("c3", graphOf(line(4)))).to.deep.equal(["c3", "c2", "c1", "c0"]);
    const long = trailOf("c99", graphOf(line(100)));
    expect(long).to.have.length(64);
    expect(long[0]).to.equal("c99");
  });

  it("names the parents of the commit at which the clone begins, and no more", () => {
    expect(trailOf("c3", graphOf(line(4), ["c3"]))).to.deep.equal(["c3", "c2"]);
  });
});

describe("longerTrail", () => {
  it("keeps all of the newest, the oldest, and ever fewer between, however long it goes on", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }), (steps) => {
        let next = 0;
        let trail: readonly string[] = ["first"];
        for (const step of steps) {
          const fresh = Array.from({ length: step }, () => `c${(next += 1)}`).reverse();
          trail = longerTrail(fresh, trail);
          expect(trail).to.have.length.at.most(64);
          expect(trail[0]).to.equal(`c${next}`);
          expect(trail.at(-1)).to.equal("first");
          const dense = Math.min(32, next);
          const newest = Array.from({ length: dense }, (_, at) => `c${next - at}`);
          expect(trail.slice(0, dense)).to.deep.equal(newest);
        }
      }),
      { numRuns: 100 },
    );
  });
});
