import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import { objectId } from "../../../../../agent/source/git/objects/git-object-id.ts";
import { PackScan } from "../../../../../agent/source/git/objects/git-pack-scan.ts";
import { aPack } from "../../../../support/a-pack.ts";

const LIMITS = { packBytes: 1_000, objectBytes: 2_000 };
const blob = (data: Buffer) => ({ type: "blob", data }) as const;
const SMALL = blob(Buffer.from("hello"));

describe("PackScan: a blob over ObjectBytes", () => {
  /** Scans in pieces, and puts what is kept where it belongs. */
  function keptOf(pack: Buffer, pieceBytes: number) {
    const kept = Buffer.alloc(pack.length);
    let bytes = 0;
    const scan = new PackScan(LIMITS, (piece, start) => {
      piece.copy(kept, start);
      bytes += piece.length;
    });
    for (let at = 0; at < pack.length; at += pieceBytes)
      scan.push(pack.subarray(at, at + pieceBytes));
    return { kept, bytes, scanned: scan.finish() };
  }

  for (const pieceBytes of [1, 7, 100_000]) {
    it(`skips blobs over the limit and keeps the rest, in pieces of ${pieceBytes} bytes`, () => {
      const large = randomBytes(3_000);
      const zeros = Buffer.alloc(2_001);
      const pack = aPack([blob(large), SMALL, blob(zeros), blob(zeros), SMALL, blob(large)]);
      const { kept, bytes, scanned } = keptOf(pack, pieceBytes);
      const oids = [large, zeros].map((data) => objectId("blob", data).toString("hex"));
      expect([...scanned.skipped]).to.have.deep.members([
        [oids[0], 3_000],
        [oids[1], 2_001],
      ]);
      expect(bytes, "kept").to.be.below(pack.length - 6_000);
      const { entries } = scanned;
      const skipped = [0, 1, 2, 3, 4, 5].map((position) => entries.isSkipped(position));
      expect(skipped).to.deep.equal([true, false, true, true, false, true]);
      for (const position of [1, 4]) {
        const [start, end] = [entries.start(position), entries.end(position)];
        expect(kept.subarray(start, end)).to.deep.equal(pack.subarray(start, end));
      }
      expect(kept.subarray(-20)).to.deep.equal(pack.subarray(-20));
    });
  }

  it("fails when a blob over the limit is cut", () => {
    const pack = aPack([SMALL, blob(randomBytes(5_000))]);
    const scan = new PackScan(LIMITS);
    scan.push(pack.subarray(0, 3_000));
    expect(() => scan.finish())
      .to.throw(OperatorError)
      .with.property("code", "CorruptPack");
  });
});
