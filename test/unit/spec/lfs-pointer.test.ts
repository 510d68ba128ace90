import { expect } from "chai";
import { isLfsPointer } from "../../../agent/spec/lfs-pointer.ts";
import { errorsOf } from "../../support/parse.ts";

const OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const pointer = (version = "https://git-lfs.github.com/spec/v1", more = "") =>
  `version ${version}\n${more}oid sha256:${OID}\nsize 12345\n`;

describe("isLfsPointer", () => {
  for (const { name, text, expected } of [
    { name: "a pointer of today", text: pointer(), expected: true },
    { name: "one of Hawser", text: pointer("https://hawser.github.com/spec/v1"), expected: true },
    { name: "one of git-media", text: pointer("http://git-media.io/v/2"), expected: true },
    { name: "one over http", text: pointer("http://git-lfs.github.com/spec/v1"), expected: true },
    {
      name: "one with an extension",
      text: pointer(undefined, `ext-0-foo sha256:${OID}\n`),
      expected: true,
    },
    { name: "CRLF line ends", text: pointer().replaceAll("\n", "\r\n"), expected: true },
    { name: "no line end at the end", text: pointer().trimEnd(), expected: true },
    { name: "an empty file", text: "", expected: false },
    { name: "no size", text: pointer().replace(/size.*\n/, ""), expected: false },
    { name: "no oid", text: pointer().replace(/oid.*\n/, ""), expected: false },
    { name: "another version", text: pointer("https://example.org/spec/v1"), expected: false },
    { name: "a text about pointers", text: `A pointer:\n\n${pointer()}`, expected: false },
    { name: "more text after it", text: `${pointer()}\n\nand this\n`, expected: false },
    { name: "over 1024 bytes", text: `${pointer()}${"x-y z\n".repeat(200)}`, expected: false },
  ]) {
    it(`says ${expected} for ${name}`, () => {
      expect(isLfsPointer(new TextEncoder().encode(text))).to.equal(expected);
    });
  }

  it("makes a spec file that is a pointer one finding", () => {
    const errors = errorsOf(pointer());
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include("1:1 the file is a Git LFS pointer");
  });
});
