import { expect } from "chai";
import { shortLine } from "../../../agent/telemetry/short-line.ts";

const FACTS = { level: "warn", time: "2026-01-01T00:00:00.000Z", name: "agent-7" };

describe("shortLine", () => {
  it("leaves an ordinary line as it is", () => {
    const line = `${JSON.stringify({ ...FACTS, room: "room-1", message: "drift found" })}\n`;
    expect(shortLine(line)).to.equal(line);
  });

  const long: readonly (readonly [string, object])[] = [
    ["a text", { reason: "x".repeat(100_000) }],
    ["a list", { rooms: Array.from({ length: 10_000 }, (_, n) => `room-${n}`) }],
    ["an object", { by: Object.fromEntries(Array.from({ length: 9999 }, (_, n) => [`k${n}`, n])) }],
    ["many texts", { all: Array.from({ length: 20 }, () => "\u0000".repeat(9000)) }],
    ["a message", { message: "x".repeat(100_000) }],
  ];
  for (const [name, fields] of long) {
    it(`cuts ${name}, and stays one line of JSON that says so`, () => {
      const line = shortLine(`${JSON.stringify({ ...FACTS, message: "said", ...fields })}\n`);
      expect(line.length).to.be.at.most(16_385);
      expect(line).to.match(/^[^\n]*\n$/);
      expect(JSON.parse(line)).to.include({ ...FACTS, cut: true });
    });
  }

  it("keeps the first entries of a list and says how many there were", () => {
    const rooms = Array.from({ length: 5000 }, (_, n) => `room-${n}`);
    const line = shortLine(JSON.stringify({ ...FACTS, rooms, message: "said" }));
    const shown = (JSON.parse(line) as { rooms: string[] }).rooms;
    expect(shown).to.have.length(21);
    expect(shown.at(-1)).to.equal("… (5000 in all)");
  });
});
