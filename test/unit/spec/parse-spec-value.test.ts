import { expect } from "chai";
import { parseSpecValue } from "../../../agent/spec/parse-spec.ts";
import type { ParseOptions } from "../../../agent/spec/room-spec.ts";
import { PARSE_OPTIONS, errorsOf, parse } from "../../support/parse.ts";

const bare = { metadata: { version: 1 }, spec: { roomId: "lab-01" } };
const posted: ParseOptions = { ...PARSE_OPTIONS, posted: true };

const messagesOf = (value: unknown, options = PARSE_OPTIONS) => {
  const parsed = parseSpecValue(value, options);
  return parsed.kind === "valid" ? [] : parsed.errors.map(({ message }) => message);
};

describe("parseSpecValue", () => {
  it("gives the digest of the same spec in a file", () => {
    const parsed = parseSpecValue(bare, PARSE_OPTIONS);
    expect(parsed).to.have.property("kind", "valid");
    expect(parsed).to.deep.equal(parse(JSON.stringify(bare)));
  });

  it("gives findings without a place line and column 1", () => {
    const parsed = parseSpecValue({ ...bare, extra: 1 }, PARSE_OPTIONS);
    if (parsed.kind === "valid") throw new Error("the spec is invalid");
    expect(parsed.errors).to.have.length(1);
    expect(parsed.errors[0]).to.include({ line: 1, column: 1, path: PARSE_OPTIONS.path });
  });

  const deep = (levels: number): unknown => (levels === 0 ? {} : { a: deep(levels - 1) });
  const withConfig = (config: unknown) => ({
    ...bare,
    spec: { roomId: "lab-01", resources: [{ name: "r", type: "t", config }] },
  });

  const refused = [
    { name: "undefined", value: undefined, want: "the RoomSpec: " },
    { name: "null", value: null, want: "the RoomSpec: " },
    { name: "text", value: "spec", want: "the RoomSpec: expected a mapping" },
    { name: "a date", value: withConfig({ a: new Date(0) }), want: "is not plain data" },
    { name: "a map", value: withConfig({ a: new Map() }), want: "is not plain data" },
    { name: "a bigint", value: withConfig({ a: 1n }), want: "is not plain data" },
    { name: "an undefined member", value: withConfig({ a: undefined }), want: "is not plain data" },
    {
      name: "not a number",
      value: withConfig({ a: Number.NaN }),
      want: "is no number JSON can carry",
    },
    { name: "33 levels", value: withConfig(deep(28)), want: "nested deeper than 32 levels" },
    { name: "100,000 levels", value: withConfig(deepList(100_000)), want: "nested deeper than 32" },
    {
      name: "an own __proto__",
      value: JSON.parse('{"__proto__":{"metadata":{"version":1}},"spec":{"roomId":"lab-01"}}'),
      want: 'the name "__proto__" is not allowed',
    },
    {
      name: "members that are only inherited",
      value: Object.create(bare),
      want: "is not plain data",
    },
  ];
  for (const { name, value, want } of refused) {
    it(`refuses ${name}`, () => {
      expect(messagesOf(value).join("\n")).to.include(want);
    });
  }

  it("accepts 32 levels", () => {
    expect(messagesOf(withConfig(deep(27)))).to.deep.equal([]);
  });
});

function deepList(levels: number): unknown {
  let list: unknown[] = [];
  for (let level = 0; level < levels; level += 1) list = [list];
  return { a: list };
}

describe("a posted body", () => {
  it("is the RoomSpec itself or has it as `spec`", () => {
    const want = parseSpecValue(bare, PARSE_OPTIONS);
    expect(parseSpecValue(bare, posted)).to.deep.equal(want);
    expect(parseSpecValue({ spec: bare }, posted)).to.deep.equal(want);
    expect(parse(JSON.stringify({ spec: bare }), posted)).to.deep.equal(want);
    expect(
      parse("spec:\n  metadata: { version: 1 }\n  spec: { roomId: lab-01 }\n", posted),
    ).to.deep.equal(want);
  });

  it("keeps the places of the text and the paths of the RoomSpec", () => {
    const text = "spec:\n  metadata: { version: 1 }\n  spec: { roomId: lab-01, x: 1 }\n";
    const errors = errorsOf(text, posted);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/^3:27 spec\.x: is no member of a RoomSpec here/);
  });

  it("has no members beside `spec`", () => {
    expect(messagesOf({ spec: bare, roomId: "lab-01" }, posted)).to.deep.equal([
      "roomId: is no member of the body: send {spec} or the RoomSpec itself",
    ]);
  });

  it("is not unwrapped in a file", () => {
    expect(messagesOf({ spec: bare }).join("\n")).to.include("metadata: is missing");
  });

  it("is not unwrapped when it is a RoomSpec without metadata", () => {
    expect(messagesOf({ spec: { roomId: "lab-01" } }, posted)).to.deep.equal([
      "metadata: is missing: write a mapping",
    ]);
  });
});
