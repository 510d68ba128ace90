import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { guardedFs } from "../../../agent/source/git-pack-fs.ts";
import { aPack } from "../../support/a-pack.ts";
import { rejection } from "../../support/rejection.ts";
import { scanPack } from "../../support/scan-pack.ts";

const LIMITS = { packBytes: 1_000, objectBytes: 1_000 };

describe("guardedFs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-pack-fs-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const pack = aPack([{ type: "blob", data: Buffer.from("hello") }]);
  const write = (data: Buffer, scanned: Buffer) => {
    const { checksum } = scanPack(scanned, LIMITS);
    return guardedFs(new Set([checksum])).promises.writeFile(join(folder, "a.pack"), data, {});
  };

  it("writes the pack that was scanned, and leaves nothing beside it", async () => {
    await write(pack, pack);
    expect(readdirSync(folder)).to.deep.equal(["a.pack"]);
    expect(readFileSync(join(folder, "a.pack"))).to.deep.equal(pack);
  });

  it("refuses every pack that differs in a byte from the one that was scanned", async () => {
    for (let at = 0; at < pack.length; at += 1) {
      const other = Buffer.from(pack);
      other[at] = (other[at] ?? 0) ^ 1;
      const refusal = await rejection(write(other, pack));
      expect(refusal.message, `byte ${at}`).to.include("nobody scanned");
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
