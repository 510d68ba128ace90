import { randomBytes } from "node:crypto";
import { expect } from "chai";
import * as fc from "fast-check";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import { applyDelta, deltaSizes } from "../../../../../agent/source/git/objects/git-delta.ts";
import { PackScan } from "../../../../../agent/source/git/objects/git-pack-scan.ts";
import { aDelta, aPack, sealed } from "../../../../support/a-pack.ts";
import { scanPack } from "../../../../support/scan-pack.ts";

const LIMITS = { packBytes: 1_000, objectBytes: 2_000 };
const blob = (data: Buffer) => ({ type: "blob", data }) as const;
const SMALL = blob(Buffer.from("hello"));

describe("scanPack", () => {
  it("counts the objects of a pack, deltas and empty objects included", () => {
    const pack = aPack([
      SMALL,
      blob(Buffer.alloc(0)),
      { type: "offsetDelta", base: 2, data: aDelta(5, Buffer.from(" you")) },
      { type: "refDelta", base: "1".repeat(40), data: aDelta(5, Buffer.from("!")) },
    ]);
    expect(scanPack(pack, LIMITS)).to.include({
      objects: 4,
      checksum: pack.toString("hex", pack.length - 20),
    });
    expect(scanPack(aPack([]), LIMITS).objects).to.equal(0);
  });

  it("takes an object of exactly the limit", () => {
    expect(scanPack(aPack([blob(Buffer.alloc(2_000))]), LIMITS).objects).to.equal(1);
  });

  const refused: { name: string; pack: Buffer; code: string; says: string }[] = [
    {
      name: "a tree over the limit",
      pack: aPack([{ type: "tree", data: Buffer.alloc(2_001) }]),
      code: "LimitExceeded",
      says: "ObjectBytes: 2000",
    },
    {
      name: "a blob over the limit that is longer than it declares",
      pack: aPack([{ ...blob(Buffer.alloc(4_000)), declaredSize: 3_000 }]),
      code: "CorruptPack",
      says: "another size",
    },
    {
      name: "a blob over the limit that is shorter than it declares",
      pack: aPack([{ ...blob(Buffer.alloc(4_000)), declaredSize: 5_000 }]),
      code: "CorruptPack",
      says: "another size",
    },
    {
      name: "objects that inflate to sixteen times PackBytes together",
      pack: aPack(Array.from({ length: 9 }, () => blob(Buffer.alloc(1_900)))),
      code: "LimitExceeded",
      says: "PackBytes: 1000",
    },
    {
      name: "deltas that make 256 times PackBytes together",
      pack: aPack([
        SMALL,
        ...Array.from({ length: 130 }, (_, index) => ({
          type: "offsetDelta" as const,
          base: index + 1,
          data: aDelta(5, Buffer.from("x"), { resultSize: 2_000 }),
        })),
      ]),
      code: "LimitExceeded",
      says: "PackBytes: 1000",
    },
    {
      name: "an object that is longer than it declares",
      pack: aPack([{ ...SMALL, declaredSize: 4 }]),
      code: "CorruptPack",
      says: "inflated",
    },
    {
      name: "an object that is shorter than it declares",
      pack: aPack([{ ...SMALL, declaredSize: 6 }]),
      code: "CorruptPack",
      says: "another size",
    },
    {
      name: "a size no number can hold",
      pack: aPack([{ ...SMALL, declaredSize: 2 ** 60 }]),
      code: "CorruptPack",
      says: "impossible",
    },
    {
      name: "more objects than it says",
      pack: aPack([SMALL, SMALL], { count: 1 }),
      code: "CorruptPack",
      says: "behind",
    },
    {
      name: "fewer objects than it says",
      pack: aPack([SMALL], { count: 2 }),
      code: "CorruptPack",
      says: "",
    },
    {
      name: "a count it cannot hold",
      pack: aPack([SMALL], { count: 2 ** 31 }),
      code: "LimitExceeded",
      says: "2147483648 objects",
    },
    {
      name: "another version",
      pack: aPack([SMALL], { version: 3 }),
      code: "CorruptPack",
      says: "version 3",
    },
    {
      name: "a type that is none",
      pack: aPack([SMALL], { count: 2, tail: Buffer.from([0x50]) }),
      code: "CorruptPack",
      says: "type",
    },
    {
      name: "no pack",
      pack: Buffer.from("<html>".repeat(9)),
      code: "CorruptPack",
      says: "is none",
    },
    { name: "nothing", pack: Buffer.alloc(0), code: "CorruptPack", says: "is none" },
  ];
  for (const { name, pack, code, says } of refused) {
    it(`refuses ${name}`, () => {
      expect(() => scanPack(pack, LIMITS))
        .to.throw(OperatorError, says)
        .with.property("code", code);
    });
  }

  it("refuses a pack of which any byte was changed or the end was cut", () => {
    const pack = aPack([SMALL, blob(randomBytes(100))]);
    for (let at = 0; at < pack.length; at += 1) {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(() => scanPack(changed, LIMITS), `byte ${at}`).to.throw(OperatorError);
      expect(() => scanPack(pack.subarray(0, at), LIMITS), `cut at ${at}`).to.throw(OperatorError);
    }
  });

  it("ends with a count or a failure of its own for any bytes with a right checksum", () => {
    const pack = aPack([
      SMALL,
      { type: "offsetDelta", base: 1, data: aDelta(5, Buffer.from("!")) },
    ]);
    const edits = fc.array(fc.tuple(fc.nat(pack.length - 21), fc.nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const changed = Buffer.from(pack.subarray(0, -20));
        for (const [at, value] of changes) changed[at] = value;
        try {
          expect(scanPack(sealed(changed), LIMITS).objects).to.be.a("number");
        } catch (error) {
          expect(error).to.be.instanceOf(OperatorError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("PackScan", () => {
  const objects = [
    SMALL,
    blob(Buffer.alloc(0)),
    blob(randomBytes(1_500)),
    { type: "offsetDelta", base: 1, data: aDelta(1_500, Buffer.from("!")) } as const,
    blob(Buffer.alloc(1_900)),
  ];

  it("finds the same in a pack whatever pieces it comes in", () => {
    const pack = aPack(objects);
    const whole = scanPack(pack, LIMITS);
    expect(whole.objects).to.equal(objects.length);
    fc.assert(
      fc.property(fc.array(fc.nat(pack.length), { maxLength: 40 }), (cuts) => {
        const scan = new PackScan(LIMITS);
        const at = [0, ...cuts.toSorted((a, b) => a - b), pack.length];
        for (const [index, end] of at.slice(1).entries()) scan.push(pack.subarray(at[index], end));
        expect(scan.finish()).to.deep.equal(whole);
      }),
      { numRuns: 200 },
    );
    const scan = new PackScan(LIMITS);
    for (const byte of pack) scan.push(Buffer.from([byte]));
    expect(scan.finish()).to.deep.equal(whole);
  });

  it("refuses a tree over the limit at its head, before its data has come", () => {
    const pack = aPack([SMALL, { type: "tree", data: randomBytes(10_000) }]);
    const scan = new PackScan(LIMITS);
    expect(() => scan.push(pack.subarray(0, 200))).to.throw(OperatorError, "ObjectBytes: 2000");
  });

  it("refuses bytes behind the last object when they come", () => {
    const scan = new PackScan(LIMITS);
    const pack = aPack([SMALL], { tail: Buffer.alloc(100) });
    expect(() => scan.push(pack)).to.throw(OperatorError, "behind");
  });
});

describe("applyDelta", () => {
  const base = Buffer.from("hello");

  it("copies from the base and inserts", () => {
    const delta = aDelta(5, Buffer.from(" world"));
    expect(applyDelta(delta, base).toString()).to.equal("hello world");
    expect(deltaSizes(delta)).to.deep.equal({ base: 5, result: 11 });
  });

  const refused: { name: string; delta: Buffer }[] = [
    { name: "for another base", delta: aDelta(4, Buffer.from("x")) },
    {
      name: "that makes more than it declares",
      delta: aDelta(5, Buffer.from("xy"), { resultSize: 6 }),
    },
    {
      name: "that makes less than it declares",
      delta: aDelta(5, Buffer.from("x"), { resultSize: 9 }),
    },
    {
      name: "that declares a terabyte",
      delta: aDelta(5, Buffer.from("x"), { resultSize: 2 ** 40 }),
    },
    { name: "that copies from behind the base", delta: Buffer.from([5, 5, 0x91, 3, 5]) },
    { name: "that ends in an insertion", delta: Buffer.from([5, 3, 3, 65]) },
    { name: "that ends in a copy", delta: Buffer.from([5, 5, 0x91]) },
    { name: "with the instruction 0", delta: Buffer.from([5, 1, 0]) },
    { name: "whose size never ends", delta: Buffer.alloc(20, 0xff) },
    { name: "of no byte", delta: Buffer.alloc(0) },
  ];
  for (const { name, delta } of refused) {
    it(`refuses a delta ${name}`, () => {
      expect(() => applyDelta(delta, base))
        .to.throw(OperatorError)
        .with.property("code", "CorruptPack");
    });
  }

  it("ends with bytes or a failure of its own for any delta", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        const delta = Buffer.from([5, 20, ...bytes]);
        try {
          expect(applyDelta(delta, base)).to.have.length(20);
        } catch (error) {
          expect(error).to.be.instanceOf(OperatorError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
