import { expect } from "chai";
import type { ParseOptions } from "../../../agent/spec/room-spec.ts";
import { PARSE_OPTIONS, errorsOf, parse } from "../../support/parse.ts";

const bare = { metadata: { version: 1 }, spec: { roomId: "lab-01" } };
const posted: ParseOptions = { ...PARSE_OPTIONS, posted: true };

const messagesOf = (value: unknown, options = posted) => {
  const parsed = parse(JSON.stringify(value), options);
  return parsed.kind === "valid" ? [] : parsed.errors.map(({ message }) => message);
};

describe("a posted body", () => {
  it("is the RoomSpec itself or has it as `spec`", () => {
    const want = parse(JSON.stringify(bare));
    expect(want).to.have.property("kind", "valid");
    expect(parse(JSON.stringify(bare), posted)).to.deep.equal(want);
    expect(parse(JSON.stringify({ spec: bare }), posted)).to.deep.equal(want);
    expect(
      parse("spec:\n  metadata: { version: 1 }\n  spec: { roomId: lab-01 }\n", posted),
    ).to.deep.equal(want);
  });

  it("keeps the places of the text and the paths of the RoomSpec", () => {
    const text = "spec:\n  metadata: { version: 1 }\n  spec: { roomId: lab-01, x: 1 }\n";
    const errors = errorsOf(text, posted);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/^3:27 spec\.x: unknown field "x": remove it/);
  });

  it("has no members beside `spec`", () => {
    expect(messagesOf({ spec: bare, roomId: "lab-01" })).to.deep.equal([
      "roomId: is not a field of the body: send {spec} or the RoomSpec itself",
    ]);
  });

  it("names the headers where a member stands for one", () => {
    expect(messagesOf({ spec: bare, dryRun: true })).to.deep.equal([
      "dryRun: is not a field of the body: send the header X-Dry-Run, X-Confirm or X-Override instead",
    ]);
  });

  it("is not unwrapped in a file", () => {
    expect(messagesOf({ spec: bare }, PARSE_OPTIONS).join("\n")).to.include("metadata: is missing");
  });

  it("is not unwrapped when it is a RoomSpec without metadata", () => {
    expect(messagesOf({ spec: { roomId: "lab-01" } })).to.deep.equal([
      "metadata: is missing: write `metadata: { version: 1 }`",
    ]);
  });
});
