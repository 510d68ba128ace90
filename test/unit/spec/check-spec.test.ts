import { expect } from "chai";
import { checkSpec } from "../../../agent/spec/check-spec.ts";
import { toMessage } from "../../../agent/spec/finding.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { PARSE_OPTIONS } from "../../support/parse.ts";

const bare = { metadata: { version: 1 }, spec: { roomId: "lab-01" } };

const messagesOf = (value: unknown) => {
  const { roomIdPattern } = PARSE_OPTIONS;
  return checkSpec(value, { roomIdPattern, maxEntities: 1000 }).errors.map(toMessage);
};

describe("checkSpec", () => {
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
      want: "is not a number that JSON can hold",
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

  it("takes four times as long for four times as many misspelled fields", () => {
    const msOf = (count: number) => {
      const value = misspelled(count);
      const began = cpuMs();
      const messages = messagesOf(value);
      const ms = cpuMs() - began;
      expect(messages).to.have.length(count);
      expect(messages[0]).to.match(/; did you mean "visibility"\?$/);
      return ms;
    };
    msOf(4_000);
    // Each compared with each: 16 times.
    expect(msOf(16_000) / msOf(4_000)).to.be.below(9);
  });
});

function deepList(levels: number): unknown {
  let list: unknown[] = [];
  for (let level = 0; level < levels; level += 1) list = [list];
  return { a: list };
}

/** An entity whose fields are one letter off `visibility`, each in another way. */
function misspelled(count: number): unknown {
  const fields = Array.from({ length: count }, (_, at) => [
    `visibilit${String.fromCharCode(0x4e00 + at)}`,
    "team",
  ]);
  const entity = { id: "E-1", kind: "human", ...Object.fromEntries(fields) };
  return { ...bare, spec: { roomId: "lab-01", entities: [entity] } };
}
