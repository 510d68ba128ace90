import { expect } from "chai";
import * as fc from "fast-check";
import { parseFile } from "../../../agent/config/parse-file.ts";

describe("parseFile", () => {
  it("reads JSON, with or without a byte order mark", () => {
    expect(parseFile('\uFEFF{"a":1}')).to.deep.equal({ kind: "parsed", value: { a: 1 } });
  });

  const places = [
    ["{\n  x\n}", "line 2, column 3: put the name in double quotes"],
    ["{\n  // a word\n}", "line 2, column 3: JSON has no comments: take it out"],
    ['{"a":1 /* a word */}', "line 1, column 8: JSON has no comments: take it out"],
    ["# a word\n{}", "line 1, column 1: JSON has no comments: take it out"],
    [
      "a: 1\n",
      'line 1, column 1: YAML is not read here: write JSON, as in { "RoomServer": { … } }',
    ],
    ["{'a':1}", "line 1, column 2: write double quotes"],
    ['{"a":[1,]}', "line 1, column 9: take out the comma before it"],
    ['{"a":"C:\\d"}', "line 1, column 10: write two backslashes for one"],
    ['{"a": tok}', "line 1, column 8"],
    ['{"a":1,}', "line 1, column 8: take out the comma before it"],
    ['{\n"a":1\n"b":2}', "line 3, column 1: a comma is missing before it"],
    ['{"a":1} x', "line 1, column 9"],
    ['{"a":', "its end: something is not closed"],
  ] as const;
  for (const [text, place] of places) {
    it(`tells where ${JSON.stringify(text)} is wrong`, () => {
      expect(parseFile(text)).to.deep.equal({
        kind: "invalid",
        message: `is not valid JSON at ${place}`,
      });
    });
  }

  it("says what an empty file lacks", () => {
    const message = 'is empty: write JSON, as in { "RoomServer": { … } }';
    for (const text of ["", " \n", "\uFEFF"])
      expect(parseFile(text)).to.deep.equal({ kind: "invalid", message });
  });

  it("refuses a file that is too large before it parses", () => {
    expect(parseFile(" ".repeat(1_000_001))).to.deep.include({ kind: "invalid" });
  });

  it("survives what is nested without end", () => {
    expect(parseFile("[".repeat(900_000))).to.deep.include({ kind: "invalid" });
  });

  it("ends for any text, and never quotes it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseFile(`{"k": "canary", ${text}`);
        if (parsed.kind === "invalid") expect(parsed.message).to.not.include("canary");
      }),
    );
  });
});
