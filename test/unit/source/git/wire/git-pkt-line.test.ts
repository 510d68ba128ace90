import { expect } from "chai";
import * as fc from "fast-check";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import {
  DELIMITER,
  encodeLine,
  FLUSH,
  lineOf,
  PacketReader,
  parsePackets,
} from "../../../../../agent/source/git/wire/git-pkt-line.ts";

const parse = (text: string) => parsePackets(Buffer.from(text, "latin1"));

describe("parsePackets", () => {
  it("splits data, marks and an empty packet", () => {
    const packets = parse("000bab\ncd\n00001000400020000");
    expect(packets.map((packet) => packet.kind)).to.deep.equal([
      "data",
      "delimiter",
      "data",
      "responseEnd",
      "flush",
    ]);
    expect(packets[0]).to.have.deep.property("payload", Buffer.from("ab\ncd\n0"));
  });

  const refused = [
    { name: "nothing at all", text: "" },
    { name: "less than a length", text: "00" },
    { name: "a length that is no number", text: "<htm" },
    { name: "a sign in front of a length", text: "+00f" },
    { name: "the length 3, which cannot be", text: "0003" },
    { name: "a packet that is cut", text: "0010abc" },
    { name: "garbage behind a good packet", text: "0000zz" },
  ];
  for (const { name, text } of refused) {
    it(`refuses ${name} as a ProtocolError`, () => {
      expect(() => parse(text))
        .to.throw(OperatorError)
        .with.property("code", "ProtocolError");
    });
  }

  it("gives back every line that was encoded, and never half of an answer", () => {
    const lines = fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lines, fc.nat(), (texts, cut) => {
        const clean = texts.map((text) => text.replace(/\n/g, "_"));
        const body = Buffer.concat([...clean.map(encodeLine), DELIMITER, FLUSH]);
        const packets = parsePackets(body);
        expect(
          packets.flatMap((packet) => (packet.kind === "data" ? [lineOf(packet.payload)] : [])),
        ).to.deep.equal(clean);
        const part = body.subarray(0, cut % body.length);
        try {
          expect(parsePackets(part).length).to.be.below(packets.length);
        } catch (error) {
          if (!(error instanceof OperatorError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("PacketReader", () => {
  it("finds the same packets whatever pieces they come in", () => {
    const body = Buffer.concat([encodeLine("one"), DELIMITER, encodeLine(""), FLUSH]);
    const whole = parsePackets(body);
    for (let cut = 0; cut <= body.length; cut += 1) {
      const reader = new PacketReader();
      const packets = [...reader.push(body.subarray(0, cut)), ...reader.push(body.subarray(cut))];
      reader.finish();
      expect(packets, `cut at ${cut}`).to.deep.equal(whole);
    }
  });

  it("refuses what is no packet as soon as it comes", () => {
    expect(() => new PacketReader().push(Buffer.from("<html>")))
      .to.throw(OperatorError)
      .with.property("code", "ProtocolError");
  });
});
