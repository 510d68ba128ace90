import { expect } from "chai";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { parseSpec } from "../../../agent/spec/parse-spec.ts";
import type { ParsedSpec } from "../../../agent/spec/room-spec.ts";
import { PARSE_OPTIONS, parse } from "../../support/parse.ts";

/** Pieces from which hostile and half-right YAML is put together. */
const piece = fc.constantFrom(
  ..."[]{}:,-?&*!|>'\"%@`#\n\r\t ~<\\".split(""),
  "\n  ",
  "- ",
  ": ",
  "? ",
  "---\n",
  "...\n",
  "a",
  "<<: ",
  "!!str ",
  "&a ",
  "*a",
  "|\n",
  "\\x",
  "\uFEFF",
  "é",
  "\u0000",
  "\u001f",
  "metadata: { version: 1 }\n",
  "spec:\n  roomId: lab-01\n",
  "  entities:\n    - id: E-1\n      kind: agent\n",
  "  artifacts: [{ name: a, type: t, workspace: w }]\n",
  "__proto__: ",
);

/** Holds for every result: findings have places, an invalid spec says why. */
function check(parsed: ParsedSpec): void {
  const findings = parsed.kind === "valid" ? parsed.warnings : parsed.errors;
  for (const { path, line, column, message } of findings) {
    expect(path).to.equal(PARSE_OPTIONS.path);
    expect(line).to.be.at.least(1);
    expect(column).to.be.at.least(1);
    expect(message).to.match(/\S/);
  }
  if (parsed.kind === "invalid") expect(parsed.errors).not.to.be.empty;
}

const specLike = fc.record(
  {
    apiVersion: fc.oneof(fc.constant("v1"), fc.jsonValue()),
    kind: fc.oneof(fc.constant("RoomSpec"), fc.jsonValue()),
    metadata: fc.oneof(fc.record({ version: fc.integer({ min: 1 }) }), fc.jsonValue()),
    spec: fc.oneof(
      fc.record({
        roomId: fc.constantFrom("lab-01", "", "x"),
        entities: fc.array(
          fc.oneof(
            fc.record({ id: fc.string(), kind: fc.constantFrom("agent", "HUMAN", "robot") }),
            fc.jsonValue(),
          ),
          { maxLength: 4 },
        ),
        policies: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), fc.jsonValue())),
      }),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: ["spec"] },
);

describe("parseSpec, on anything", () => {
  it("gives a typed result for random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        check(parseSpec(bytes, PARSE_OPTIONS));
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a typed result for random pieces of YAML", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        check(parse(pieces.join("")));
      }),
      { numRuns: 2000 },
    );
  });

  it("judges a value the same whether it comes as JSON or as YAML", () => {
    fc.assert(
      fc.property(specLike, (value) => {
        // The YAML writer leaves this key bare, and then it is a merge key.
        fc.pre(!JSON.stringify(value).includes('"<<"'));
        const parsed = parse(JSON.stringify(value));
        check(parsed);
        const yaml = parse(stringify(value, { aliasDuplicateObjects: false }));
        expect(withoutPlaces(yaml)).to.deep.equal(withoutPlaces(parsed));
      }),
      { numRuns: 300 },
    );
  });

  it("reads a valid spec back from its own JSON with the same digest", () => {
    fc.assert(
      fc.property(specLike, (value) => {
        // The YAML writer leaves this key bare, and then it is a merge key.
        fc.pre(!JSON.stringify(value).includes('"<<"'));
        const parsed = parse(stringify(value, { aliasDuplicateObjects: false }));
        if (parsed.kind === "invalid") return;
        const again = parse(JSON.stringify(parsed.spec));
        expect(again).to.have.property("digest", parsed.digest);
      }),
      { numRuns: 300 },
    );
  });
});

function withoutPlaces(parsed: ParsedSpec): unknown {
  const messages = (list: readonly { message: string }[]) =>
    list.map(({ message }) => message).sort();
  return parsed.kind === "valid"
    ? { digest: parsed.digest, warnings: messages(parsed.warnings) }
    : {
        roomId: parsed.roomId,
        errors: messages(parsed.errors),
        warnings: messages(parsed.warnings),
      };
}
