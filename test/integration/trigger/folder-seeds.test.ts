import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFolderSeeds } from "../../../agent/request/folder-seeds.ts";
import { rejection } from "../../support/rejection.ts";

describe("createFolderSeeds", () => {
  let outer: string;
  let root: string;
  const signal = new AbortController().signal;

  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), "room-operator-seeds-"));
    root = join(outer, "root");
    mkdirSync(join(root, "docs"), { recursive: true });
    writeFileSync(join(root, "docs", "notes.md"), "hello");
    writeFileSync(join(outer, "secret"), "secret");
  });

  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const read = async (path: string, maxBytes = 100) => {
    const [seed] = await createFolderSeeds(root, () => maxBytes).readSeeds([path], signal);
    return seed;
  };
  const why = async (path: string, maxBytes?: number) => {
    const seed = await read(path, maxBytes);
    return seed?.kind === "unusable" ? seed.reason : seed?.kind;
  };

  it("reads a file, under an id that follows from its bytes", async () => {
    const seed = await read("docs/notes.md");
    expect(seed).to.deep.include({ path: "docs/notes.md", kind: "present", size: 5 });
    expect(seed?.kind === "present" && Buffer.from(seed.bytes).toString()).to.equal("hello");
    expect(seed?.kind === "present" && seed.oid).to.equal(
      "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    );
    expect(await read("./docs/notes.md")).to.deep.include({ kind: "present", size: 5 });
  });

  it("reads an empty file", async () => {
    writeFileSync(join(root, "empty"), "");
    expect(await read("empty")).to.deep.include({ kind: "present", size: 0 });
  });

  it("answers in the order it was asked, each path by itself", async () => {
    const seeds = await createFolderSeeds(root, () => 100).readSeeds(
      ["absent", "docs/notes.md", "docs"],
      signal,
    );
    expect(seeds.map(({ kind }) => kind)).to.deep.equal(["unusable", "present", "unusable"]);
  });

  it("calls missing what is not there, a file on the way to it included", async () => {
    expect(await why("absent.md")).to.equal("SeedMissing");
    expect(await why("absent/notes.md")).to.equal("SeedMissing");
    expect(await why("docs/notes.md/deeper")).to.equal("SeedMissing");
    rmSync(root, { recursive: true });
    expect(await why("docs/notes.md")).to.equal("SeedMissing");
  });

  it("calls a name that no file can have missing and says why", async () => {
    const seed = await read("x".repeat(300));
    expect(seed).to.deep.include({ kind: "unusable", reason: "SeedMissing" });
    expect(seed?.kind === "unusable" && seed.message).to.include("ENAMETOOLONG");
  });

  it("does not take a Git LFS pointer for the file", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4".repeat(64)}\nsize 7\n`;
    writeFileSync(join(root, "big.bin"), pointer);
    const seed = await createFolderSeeds(root, () => 1000).readSeeds(["big.bin"], signal);
    expect(seed[0]).to.include({ kind: "unusable", reason: "SeedIsLfsPointer" });
  });

  it("does not take a git-annex pointer for the file", async () => {
    writeFileSync(join(root, "big.bin"), `/annex/objects/SHA256E-s7--${"4".repeat(64)}.bin\n`);
    const seed = await createFolderSeeds(root, () => 1000).readSeeds(["big.bin"], signal);
    expect(seed[0]).to.include({ kind: "unusable", reason: "SeedIsAnnexPointer" });
    expect(seed[0]?.kind === "unusable" && seed[0].message).to.include("git annex get");
  });

  it("does not take a folder or a pipe for a file, and does not wait for one", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await why("docs")).to.equal("SeedNotRegular");
    expect(await why("pipe")).to.equal("SeedNotRegular");
  });

  it("follows no symlink, wherever it points and wherever it lies on the way", async () => {
    symlinkSync(join(outer, "secret"), join(root, "out"));
    symlinkSync("docs/notes.md", join(root, "within"));
    symlinkSync(outer, join(root, "folder"));
    symlinkSync("docs", join(root, "again"));
    symlinkSync("loop", join(root, "loop"));
    for (const path of ["out", "within", "folder/secret", "again/notes.md", "loop"]) {
      expect(await why(path), path).to.equal("SeedNotRegular");
    }
  });

  it("reads below a root that is itself reached by a symlink", async () => {
    symlinkSync(root, join(outer, "link"));
    const [seed] = await createFolderSeeds(join(outer, "link"), () => 100).readSeeds(
      ["docs/notes.md"],
      signal,
    );
    expect(seed?.kind).to.equal("present");
  });

  it("takes a file of exactly the limit and none above", async () => {
    expect(await why("docs/notes.md", 5)).to.equal("present");
    const seed = await read("docs/notes.md", 4);
    expect(seed).to.deep.equal({
      path: "docs/notes.md",
      kind: "unusable",
      reason: "SeedTooLarge",
      message: "docs/notes.md has 5 bytes, more than SeedBytes = 4",
    });
  });

  it("rejects with the reason of an aborted signal", async () => {
    const aborted = AbortSignal.abort(new Error("the agent stops"));
    const reading = createFolderSeeds(root, () => 100).readSeeds(["docs/notes.md"], aborted);
    expect((await rejection(reading)).message).to.equal("the agent stops");
  });
});
