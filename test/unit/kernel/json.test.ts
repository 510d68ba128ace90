import { expect } from "chai";
import * as fc from "fast-check";
import { canonicalJson, sameJson } from "../../../agent/kernel/json.ts";

describe("canonicalJson", () => {
  it("gives equal text for equal values in any member order", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).to.equal(
      canonicalJson({ a: true, b: [1, { c: "x", d: null }] }),
    );
  });

  it("carries any member name, and orders those that are numbers as JavaScript does", () => {
    const names = JSON.parse('{"__proto__":{"b":1,"a":2},"10":3,"9":4}') as unknown;
    expect(canonicalJson(names)).to.equal('{"9":4,"10":3,"__proto__":{"a":2,"b":1}}');
  });

  it("keeps the order of lists and leaves undefined members out", () => {
    expect(canonicalJson({ z: [2, 1], a: undefined })).to.equal('{"z":[2,1]}');
  });
});

describe("sameJson", () => {
  const value = fc.jsonValue({ maxDepth: 3 });

  it("is true exactly where the canonical texts are equal", () => {
    const pair = fc.oneof(
      fc.tuple(value, value),
      value.map((one) => [one, JSON.parse(canonicalJson(one))] as const),
      fc
        .tuple(
          fc.dictionary(fc.constantFrom("a", "b", "c"), value),
          fc.constantFrom("a", "b", "c"),
          value,
        )
        .map(([one, name, member]) => [one, { ...one, [name]: member }] as const),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(sameJson(one, other)).to.equal(canonicalJson(one) === canonicalJson(other));
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  it("takes an undefined member for none, and tells a list from an object", () => {
    expect(sameJson({ a: 1, b: undefined }, { c: undefined, a: 1 })).to.equal(true);
    expect(sameJson({ a: undefined, b: 1 }, { a: 1, b: undefined })).to.equal(false);
    expect(sameJson([], {})).to.equal(false);
    expect(sameJson(null, undefined)).to.equal(false);
  });
});
