import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GitHost } from "../../support/git-host.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { indexPack } from "./index-pack.ts";
import { aDelta, aPack } from "../../support/a-pack.ts";
import type { PackedObject } from "../../support/a-pack.ts";
import { rejection } from "../../support/rejection.ts";

const LIMITS = { packBytes: 64 * 1024 * 1024, objectBytes: 1024 * 1024 };

describe("pack index", () => {
  let repository: GitRepository;
  before(() => {
    repository = GitRepository.create();
    const text = (seed: number) =>
      Array.from({ length: 400 }, (_unused, at) => `line ${at * seed}`).join("\n");
    repository.commit({ "a.txt": text(1), "b/c.txt": text(2), "empty.txt": "" });
    repository.commitLine(120, (at) => ({
      "a.txt": `${text(1)}\nchange ${at}`,
      [`b/${at % 7}.txt`]: `${text(2)}${at}`,
    }));
    repository.git("tag", "-a", "v1", "-m", "A tag", "refs/heads/line");
  });
  after(() => repository.remove());

  /** What git itself makes of the pack. */
  function gitIndex(pack: Buffer): Buffer {
    const path = join(repository.root, "one.pack");
    writeFileSync(path, pack);
    repository.git("index-pack", path);
    return readFileSync(path.replace(/pack$/, "idx"));
  }

  for (const [name, option] of [
    ["deltas on entries before", ["--delta-base-offset"]],
    ["deltas on ids", []],
  ] as const) {
    it(`is the one that git makes, byte by byte: ${name}`, async () => {
      const oids = repository.git("rev-list", "--objects", "--all", "--no-object-names");
      const args = ["pack-objects", "--stdout", "--depth=50", "--window=20", "-q", ...option];
      const pack = GitHost.get().run(["--git-dir", repository.folder, ...args], {
        env: { PATH: process.env["PATH"] ?? "", HOME: repository.root },
        input: `${oids}\n`,
      });
      expect(await indexPack(pack, LIMITS)).to.deep.equal(gitIndex(pack));
    });
  }

  it("finds the base of a delta wherever it stands", async () => {
    const { pack } = chainOfIds(5);
    expect(await indexPack(pack, LIMITS)).to.deep.equal(gitIndex(pack));
  });

  it("refuses a delta whose base is not in the pack, and two that build on each other", async () => {
    const lost: PackedObject = {
      type: "refDelta",
      base: "1".repeat(40),
      data: aDelta(5, Buffer.from("!")),
    };
    const other: PackedObject = { ...lost, base: "2".repeat(40) };
    const failure = await rejection(indexPack(aPack([lost, other]), LIMITS));
    expect(failure).to.include({ code: "CorruptPack" });
    expect(failure.message).to.include("base is not in its pack");
  });

  it("resolves a comb of deltas with few objects in memory", async () => {
    // Each link has a second delta on it: whoever went down the long side first would hold them all.
    const base = Buffer.alloc(60_000, 7);
    const objects: PackedObject[] = [{ type: "blob", data: base }];
    for (let link = 0; link < 400; link += 1) {
      const size = 60_000 + link;
      objects.push({
        type: "offsetDelta",
        base: link === 0 ? 1 : 2,
        data: aDelta(size, Buffer.from("x")),
      });
      objects.push({
        type: "offsetDelta",
        base: link === 0 ? 2 : 3,
        data: aDelta(size, Buffer.from("y")),
      });
    }
    const pack = aPack(objects);
    const tight = { packBytes: LIMITS.packBytes, objectBytes: 65_000 };
    expect(await indexPack(pack, tight)).to.deep.equal(gitIndex(pack));
  });

  it("lists no blob over ObjectBytes, nor any delta on it", async () => {
    const large = randomBytes(3_000);
    const small = Buffer.from("hello");
    const oid = repository.gitWithInput(large, "hash-object", "--stdin");
    // Of 3,000 bytes the first five: what it makes is small, and cannot be made all the same.
    const fewBytes = Buffer.from([0xb8, 0x17, 5, 0x90, 5]);
    const pack = aPack([
      { type: "blob", data: large },
      { type: "blob", data: small },
      { type: "offsetDelta", base: 2, data: fewBytes },
      { type: "offsetDelta", base: 1, data: aDelta(5, Buffer.from("y")) },
      { type: "refDelta", base: oid, data: fewBytes },
      { type: "offsetDelta", base: 4, data: aDelta(5, Buffer.from("w"), { resultSize: 2_001 }) },
      { type: "offsetDelta", base: 5, data: aDelta(5, Buffer.from("v")) },
    ]);
    const index = await indexPack(pack, { packBytes: 100_000, objectBytes: 2_000 });
    const names = Array.from({ length: 7 }, (_, at) => {
      const start = 8 + 1024 + at * 20;
      return index.toString("hex", start, start + 20);
    });
    const kept = [small, Buffer.from("hellov")].map((data) =>
      repository.gitWithInput(data, "hash-object", "--stdin"),
    );
    expect(names.filter((name) => name !== "0".repeat(40))).to.have.members(kept);
  });

  it("refuses a tree that deltas make over ObjectBytes", async () => {
    const pack = aPack([
      { type: "tree", data: Buffer.alloc(100, 1) },
      { type: "offsetDelta", base: 1, data: aDelta(100, Buffer.from("x"), { resultSize: 2_001 }) },
    ]);
    const failure = await rejection(indexPack(pack, { packBytes: 100_000, objectBytes: 2_000 }));
    expect(failure).to.include({ code: "LimitExceeded" });
    expect(failure.message).to.include("tree");
  });

  it("refuses deltas that need too many objects at a time, by name", async () => {
    const base = Buffer.alloc(60_000, 7);
    const objects: PackedObject[] = [{ type: "blob", data: base }];
    // A full binary tree: entry `at` builds on entry `(at - 1) / 2`.
    for (let at = 1; at < 2 ** 11; at += 1) {
      const size = 60_000 + Math.floor(Math.log2(at + 1)) - 1;
      const data = aDelta(size, Buffer.from(at % 2 === 0 ? "x" : "y"));
      objects.push({ type: "offsetDelta", base: at - Math.floor((at - 1) / 2), data });
    }
    const tight = { packBytes: LIMITS.packBytes, objectBytes: 60_100 };
    const failure = await rejection(indexPack(aPack(objects), tight));
    expect(failure).to.include({ code: "LimitExceeded" });
    expect(failure.message).to.include("limit ObjectBytes: 60100");
  });

  /** A blob and deltas on it that stand in the pack before what they build on. */
  function chainOfIds(length: number): { pack: Buffer } {
    let bytes = Buffer.from("hello");
    const objects: PackedObject[] = [{ type: "blob", data: bytes }];
    for (let link = 0; link < length; link += 1) {
      const base = repository.gitWithInput(bytes, "hash-object", "--stdin");
      objects.unshift({ type: "refDelta", base, data: aDelta(bytes.length, Buffer.from("!")) });
      bytes = Buffer.concat([bytes, Buffer.from("!")]);
    }
    return { pack: aPack(objects) };
  }
});
