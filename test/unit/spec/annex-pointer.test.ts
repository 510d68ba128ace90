import { expect } from "chai";
import { isAnnexPointer } from "../../../agent/spec/annex-pointer.ts";
import { errorsOf } from "../../support/parse.ts";

const KEY = `SHA256E-s12345--${"4".repeat(64)}.bin`;

describe("isAnnexPointer", () => {
  for (const { name, text, expected } of [
    { name: "a pointer file", text: `/annex/objects/${KEY}\n`, expected: true },
    { name: "one without a line end", text: `/annex/objects/${KEY}`, expected: true },
    {
      name: "the text of a link",
      text: `../.git/annex/objects/Xy/9z/${KEY}/${KEY}`,
      expected: true,
    },
    { name: "a link from the root", text: `.git/annex/objects/Xy/${KEY}`, expected: true },
    { name: "an empty file", text: "", expected: false },
    { name: "no key", text: "/annex/objects/\n", expected: false },
    { name: "another folder", text: `/annex/${KEY}\n`, expected: false },
    { name: "a text about pointers", text: `See /annex/objects/${KEY}\n`, expected: false },
    {
      name: "over 32 KiB",
      text: `/annex/objects/${KEY}\n${"x".repeat(32 * 1024)}`,
      expected: false,
    },
  ]) {
    it(`says ${expected} for ${name}`, () => {
      expect(isAnnexPointer(new TextEncoder().encode(text))).to.equal(expected);
    });
  }

  it("makes a spec file that is a pointer one finding", () => {
    const errors = errorsOf(`/annex/objects/${KEY}\n`);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include("1:1 the file is a git-annex pointer");
  });
});
