import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CloneFolder } from "../../../agent/source/git/git-clone-folder.ts";
import { rejection } from "../../support/rejection.ts";

const URL_OF_IT = "https://git.test/specs.git";

describe("the folder of a clone", () => {
  let root: string;
  let path: string;
  const open = async () => {
    const folder = new CloneFolder(path, URL_OF_IT);
    await folder.open();
    return folder;
  };
  const textOf = (name: string) => readFileSync(join(path, name), "utf8");
  const replace = (name: string, by: "folder" | "file" | "nothing" | "text") => {
    rmSync(join(path, name), { recursive: true, force: true });
    if (by === "folder") mkdirSync(join(path, name, "in"), { recursive: true });
    if (by === "file") writeFileSync(join(path, name), "");
    if (by === "text") writeFileSync(join(path, name), "not a ref\n");
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "room-operator-clone-folder-"));
    path = join(root, "git", "specs");
    await (await open()).writeSynced("a".repeat(40));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  for (const [name, by] of [
    ["HEAD", "folder"],
    ["HEAD", "nothing"],
    ["HEAD", "file"],
    ["HEAD", "text"],
    ["config", "folder"],
    ["config", "nothing"],
    ["config", "file"],
    ["objects", "file"],
    ["objects/pack", "file"],
    ["refs", "file"],
    ["refs/agent", "file"],
  ] as const)
    it(`is a repository again where ${name} is ${by === "nothing" ? "gone" : `a ${by}`}`, async () => {
      replace(name, by);
      const folder = await open();
      expect(textOf("HEAD")).to.match(/^ref: refs\/heads\/main$/m);
      expect(textOf("config")).to.include(`\turl = ${URL_OF_IT}`);
      expect(await folder.packs()).to.deep.equal([]);
      await folder.writeSynced("b".repeat(40));
      expect(await folder.synced()).to.equal("b".repeat(40));
    });

  it("reads a folder in the place of one of its files as no file", async () => {
    for (const name of ["shallow", "skipped-blobs", "clone.json", "refs/agent/synced"])
      replace(name, "folder");
    const folder = await open();
    expect(await folder.synced()).to.equal(null);
    expect([...(await folder.shallow())]).to.deep.equal([]);
    expect([...(await folder.skipped())]).to.deep.equal([]);
    expect(await folder.birth()).to.equal(null);
    await folder.writeSynced("b".repeat(40));
    await folder.writeBirth({ atMs: 1, bytes: 2 });
    expect(await folder.birth()).to.deep.equal({ atMs: 1, bytes: 2 });
  });

  for (const name of ["HEAD", "config"])
    it(`leaves what a link in the place of ${name} leads to`, async () => {
      const outside = join(root, "mine.txt");
      writeFileSync(outside, "a person's");
      replace(name, "nothing");
      symlinkSync(outside, join(path, name));
      await open();
      expect(readFileSync(outside, "utf8")).to.equal("a person's");
      expect(textOf("HEAD")).to.match(/^ref: refs\/heads\/main$/m);
    });

  it("is not there where its packs cannot be", async () => {
    const folder = await open();
    expect(await folder.isThere()).to.equal(true);
    replace("objects", "file");
    expect(await folder.isThere()).to.equal(false);
  });

  for (const place of ["git", "git/specs"])
    it(`fails where ${place} is a file, and leaves it`, async () => {
      rmSync(join(root, place), { recursive: true });
      writeFileSync(join(root, place), "a person's");
      const folder = new CloneFolder(path, URL_OF_IT);
      for (const call of [() => folder.open(), () => folder.discard()]) {
        const { code } = (await rejection(call())) as NodeJS.ErrnoException;
        expect(code).to.match(/^(?:ENOTDIR|EEXIST)$/);
      }
      expect(readFileSync(join(root, place), "utf8")).to.equal("a person's");
    });
});
