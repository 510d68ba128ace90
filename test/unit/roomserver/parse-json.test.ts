import { expect } from "chai";
import { parseJson } from "../../../agent/roomserver/parse-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("parseJson", () => {
  it("reads JSON, with or without a byte order mark", () => {
    expect(parseJson(bytes('{"a":[1,"ä"]}'))).to.deep.equal({ value: { a: [1, "ä"] } });
    expect(parseJson(bytes("\ufeff[]"))).to.deep.equal({ value: [] });
  });

  for (const { name, given, problem } of [
    { name: "nothing", given: bytes(""), problem: "is empty" },
    { name: "blanks", given: bytes(" \n"), problem: "is empty" },
    { name: "half a value", given: bytes('{"roomId":'), problem: "is not JSON" },
    { name: "HTML", given: bytes("<html></html>"), problem: "is not JSON" },
    { name: "Latin-1", given: Uint8Array.of(0x22, 0xe4, 0x22), problem: "is not UTF-8 text" },
    {
      name: "4 million brackets",
      given: bytes("[".repeat(4_000_000)),
      problem: "is nested deeper than 64 levels",
    },
    {
      name: "65 levels",
      given: bytes(`${'{"a":'.repeat(65)}1${"}".repeat(65)}`),
      problem: "is nested deeper than 64 levels",
    },
  ]) {
    it(`says of ${name} that it ${problem}`, () => {
      const isLarge = problem.startsWith("is nested");
      expect(parseJson(given)).to.deep.equal(isLarge ? { problem, tooLarge: true } : { problem });
    });
  }

  it("does not count brackets inside of texts", () => {
    const text = `"${"[".repeat(100)}\\"${"{".repeat(100)}\\\\"`;
    expect(parseJson(bytes(`[${text}]`))).to.deep.equal({ value: [JSON.parse(text)] });
  });

  it("takes 64 levels", () => {
    expect(parseJson(bytes("[".repeat(64) + "]".repeat(64)))).to.have.property("value");
  });
});
