import { expect } from "chai";
import { canonicalJson } from "../../../agent/kernel/json.ts";

describe("canonicalJson", () => {
  it("gives equal text for equal values in any member order", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).to.equal(
      canonicalJson({ a: true, b: [1, { c: "x", d: null }] }),
    );
  });

  it("keeps the order of lists and leaves undefined members out", () => {
    expect(canonicalJson({ z: [2, 1], a: undefined })).to.equal('{"z":[2,1]}');
  });
});
