import { expect } from "chai";
import { inflateSync } from "node:zlib";
import { packSpec } from "../../../agent/spec/pack-spec.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

describe("packSpec", () => {
  const spec = aRoomSpec();

  it("packs the spec as a line of JSON, and then its text", () => {
    const text = Buffer.from("kind: RoomSpec\n".repeat(100));
    const packed = packSpec(spec, text) ?? new Uint8Array();
    expect(inflateSync(packed).toString()).to.equal(`${JSON.stringify(spec)}\n${text.toString()}`);
  });

  it("gives bytes that hold no others behind them when they cross threads", () => {
    const packed = packSpec(spec, Buffer.alloc(3000)) ?? new Uint8Array();
    expect(packed.buffer.byteLength).to.equal(packed.byteLength);
  });

  for (const bytes of [1, 200_000])
    it(`leaves a text of ${bytes} bytes as it is`, () => {
      expect(packSpec(spec, new Uint8Array(bytes))).to.equal(null);
    });
});
