import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { makeFolder } from "../../../agent/kernel/make-folder.ts";

describe("makeFolder", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "make-folder-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("makes all that are missing, with the mode, and leaves one that is there", () => {
    const folder = join(root, "a", "b", "c");
    makeFolder(folder, 0o700);
    for (const made of ["a", "a/b", "a/b/c"])
      expect(statSync(join(root, made)).mode & 0o777).to.equal(0o700);
    makeFolder(folder, 0o700);
  });

  it("takes a link to a folder", () => {
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    makeFolder(join(root, "link"), 0o700);
    makeFolder(join(root, "link", "in"), 0o700);
    expect(statSync(join(root, "real", "in")).isDirectory()).to.equal(true);
  });

  it("fails at once where the file system takes no folder, or a file is in the way", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => makeFolder("/proc/nope/data", 0o700)).to.throw(/ENOENT/);
    expect(() => makeFolder(join(root, "file", "data"), 0o700)).to.throw(/ENOTDIR/);
    expect(() => makeFolder(join(root, "file"), 0o700)).to.throw(/EEXIST/);
  });
});
