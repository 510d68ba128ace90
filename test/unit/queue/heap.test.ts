import { expect } from "chai";
import * as fc from "fast-check";
import { Heap } from "../../../agent/queue/heap.ts";

describe("Heap", () => {
  it("gives its members in order, whatever was added and taken out before", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500)), fc.array(fc.nat(500)), (added, removed) => {
        const heap = new Heap<number>((a, b) => a < b);
        for (const member of added) heap.add(member);
        for (const member of new Set(removed)) {
          expect(heap.remove(member)).to.equal(added.includes(member));
        }
        const want = added.filter((member) => !removed.includes(member)).sort((a, b) => a - b);
        expect(heap.size).to.equal(want.length);
        const got: number[] = [];
        for (let first = heap.first(); first !== undefined; first = heap.first()) {
          got.push(first);
          heap.remove(first);
        }
        expect(got).to.deep.equal(want);
      }),
      { numRuns: 200 },
    );
  });
});
