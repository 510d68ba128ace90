import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { bytesUnder } from "../../../bench/support/bytes-under.ts";

describe("bytes under a folder", () => {
  it("are those of its files, without links, and none of a folder that is gone", () => {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-bytes-"));
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "one"), "12345");
    writeFileSync(join(folder, "a/b/two"), "123");
    symlinkSync(join(folder, "a"), join(folder, "link"));
    expect(bytesUnder(folder)).to.equal(8);
    rmSync(folder, { recursive: true });
    expect(bytesUnder(folder)).to.equal(0);
  });

  it("are an error where the folder cannot be read as one", () => {
    const file = fileURLToPath(import.meta.url);
    expect(() => bytesUnder(file)).to.throw(/ENOTDIR/);
  });
});
