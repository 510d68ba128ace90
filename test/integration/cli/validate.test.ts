import { expect } from "chai";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { validate } from "../../../agent/cli/validate.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { smallSpec, ValidateFolder } from "../../support/validate-folder.ts";
import { rejection } from "../../support/rejection.ts";

describe("validate", () => {
  let at: ValidateFolder;
  let folder: string;

  beforeEach(() => {
    at = new ValidateFolder();
    folder = at.path;
  });
  afterEach(() => at.remove());

  const write = (files: Readonly<Record<string, string>>) => at.write(files);
  const run = (...args: string[]) => at.run(...args);

  it("ends with 0 and a summary when all files are valid, the locks of editors aside", async () => {
    write({
      "a.room.yaml": smallSpec("lab-01"),
      "deep/er/b.room.json": JSON.stringify(JSON_SPEC),
      "deep/.#c.yaml": smallSpec("lab-01"),
    });
    await symlink("ann@desk.4711:1", path.join(folder, ".#a.room.yaml"));
    const { code, io } = await run(".");
    expect(io.lines).to.deep.equal(["2 files, 0 errors, 0 warnings"]);
    expect(code).to.equal(0);
  });

  it("lists every error of every file as file:line:column: message and ends with 1", async () => {
    write({
      "rooms/a.room.yaml": smallSpec("lab-01", "  entities: 5\n  extra: 1\n"),
      "rooms/b.room.yml": "spec: [\n",
      "rooms/c.room.yaml": smallSpec("lab-03"),
      "rooms/notes.yaml": "not a spec",
    });
    const { code, io } = await run("rooms");
    expect(code).to.equal(1);
    expect(io.lines.map((line) => line.split(": ").slice(0, 2).join(": "))).to.deep.equal([
      "rooms/a.room.yaml:4:13: spec.entities",
      "rooms/a.room.yaml:5:3: spec.extra",
      "rooms/b.room.yml:2:1: invalid YAML",
      "3 files, 3 errors, 0 warnings",
    ]);
  });

  it("warns of a file with kind: RoomSpec that the agent does not read because of its name", async () => {
    write({
      "rooms/a.room.yaml": smallSpec("lab-01"),
      "rooms/lab.yaml": `kind: RoomSpec\n${smallSpec("lab-02")}`,
      "rooms/old.yaml": `kind: RoomSpec\n${smallSpec("lab-03")}`,
      "rooms/values.yaml": "kind: List\n",
      "rooms/.roomignore": "old.yaml\n",
    });
    const { code, io } = await run("rooms");
    expect(io.lines).to.deep.equal([
      "rooms/lab.yaml:1:1: warning: it has kind: RoomSpec, but the agent reads only files named *.room.yaml, *.room.yml or *.room.json: rename it",
      "2 files, 0 errors, 1 warning",
    ]);
    expect(code).to.equal(0);
  });

  it("passes over what a .roomignore keeps out, and counts it", async () => {
    write({
      "rooms/a.room.yaml": smallSpec("lab-01"),
      "rooms/drafts/b.room.yaml": "spec: [\n",
      "rooms/c/d.room.yaml": "spec: [\n",
      "rooms/.roomignore": "drafts/\n",
      "rooms/c/.roomignore": "/d.*\n",
    });
    const { code, io } = await run("rooms");
    expect(io.lines).to.deep.equal([
      "1 file, 0 errors, 0 warnings, 2 files ignored by .roomignore",
    ]);
    expect(code).to.equal(0);
    const named = await run("rooms", "rooms/c/d.room.yaml");
    expect(named.io.lines.at(-1)).to.match(/^2 files, 1 error, .* 1 file ignored/);
  });

  it("ends with 2 where the agent would refuse a .roomignore", async () => {
    write({ "rooms/a.room.yaml": smallSpec("lab-01"), "rooms/.roomignore": "a\0b" });
    const { code, io } = await run("rooms");
    expect(io.err).to.match(/\.roomignore is not a text file: see line 1/);
    expect(code).to.equal(2);
  });

  it("marks warnings and does not fail for them", async () => {
    write({ "a.room.yaml": smallSpec("lab-01", '  policies: { dmVisibilityDefault: "" }\n') });
    const { code, io } = await run("a.room.yaml");
    expect(io.lines).to.deep.equal([
      "a.room.yaml:4:36: warning: spec.policies.dmVisibilityDefault: is blank: team is used, better write it",
      "1 file, 0 errors, 1 warning",
    ]);
    expect(code).to.equal(0);
  });

  it("warns of a file whose name the agent does not read", async () => {
    write({ "lab.yaml": smallSpec("lab-01") });
    const { code, io } = await run("lab.yaml");
    expect(io.lines[0]).to.match(/^lab\.yaml:1:1: warning: the agent reads only files named/);
    expect(code).to.equal(0);
  });

  it("refuses a name that seems to be meant as a spec's, in a folder and by itself", async () => {
    write({ "rooms/a.room.yaml": smallSpec("lab-01"), "rooms/x.room.YAML": smallSpec("lab-02") });
    const text =
      "the agent reads only files named *.room.yaml, *.room.yml or *.room.json: rename it";
    for (const [given, files] of [
      ["rooms", "2 files"],
      ["rooms/x.room.YAML", "1 file"],
    ] as const) {
      const { code, io } = await run(given);
      expect(io.lines).to.deep.equal([
        `rooms/x.room.YAML:1:1: ${text}`,
        `${files}, 1 error, 0 warnings`,
      ]);
      expect(code).to.equal(1);
    }
  });

  it("refuses two files with one room and names both", async () => {
    write({
      "a.room.yaml": smallSpec("lab-01"),
      "b.room.yaml": smallSpec("lab-02"),
      "c.room.yaml": smallSpec("lab-01", "  entities: 5\n"),
    });
    const { code, io } = await run(".");
    expect(code).to.equal(1);
    const claimed = 'ClaimedTwice: room "lab-01" is claimed by';
    const one = "one file alone may name a room";
    // Which of them has the room is known to the agent alone.
    expect(io.lines.filter((line) => line.includes("ClaimedTwice"))).to.deep.equal([
      `a.room.yaml:1:1: ${claimed} a.room.yaml and by c.room.yaml: ${one}`,
      `c.room.yaml:1:1: ${claimed} c.room.yaml and by a.room.yaml: ${one}`,
    ]);
    expect(io.lines).to.have.length(4);
  });

  it("judges a file that is named twice once", async () => {
    write({ "rooms/a.room.yaml": smallSpec("lab-01") });
    const { code, io } = await run("rooms", "rooms/a.room.yaml", path.join(folder, "rooms"));
    expect(io.lines).to.deep.equal(["1 file, 0 errors, 0 warnings"]);
    expect(code).to.equal(0);
  });

  it("shows a file outside of the working folder by its whole path", async () => {
    write({ "rooms/a.room.yaml": "", "elsewhere/x": "" });
    const io = new RecordedIo(path.join(folder, "elsewhere"));
    expect(await validate(["../rooms"], io)).to.equal(1);
    expect(io.lines[0]).to.match(new RegExp(`^${folder}/rooms/a.room.yaml:1:1: the file is empty`));
  });

  describe("paths", () => {
    it("that do not exist end with 2, and the others are judged", async () => {
      write({ "a.room.yaml": smallSpec("lab-01", "  x: 1\n") });
      const { code, io } = await run("none.room.yaml", "a.room.yaml");
      expect(code).to.equal(2);
      expect(io.err).to.match(/^none\.room\.yaml: no file or folder of this name$/m);
      expect(io.lines[0]).to.match(/^a\.room\.yaml:4:3: spec\.x/);
      expect(io.lines.at(-1)).to.equal("1 file, 1 error, 0 warnings, 1 path not checked");
    });

    it("without a spec end with 2", async () => {
      write({ "rooms/readme.md": "" });
      const { code, io } = await run("rooms");
      expect(code).to.equal(2);
      expect(io.err).to.include("rooms: no *.room.{yaml,yml,json} in this folder");
    });

    it("below .git and node_modules are not searched", async () => {
      write({
        ".git/x.room.yaml": "",
        "node_modules/x/y.room.yaml": "",
        "a.room.yaml": smallSpec("lab-01"),
      });
      expect((await run(".")).io.lines).to.deep.equal(["1 file, 0 errors, 0 warnings"]);
    });

    it("that are links are refused, and links to folders are not followed", async () => {
      write({ "rooms/a.room.yaml": smallSpec("lab-01") });
      await symlink("a.room.yaml", path.join(folder, "rooms/b.room.yaml"));
      await symlink(".", path.join(folder, "rooms/again"));
      const { code, io } = await run("rooms");
      expect(code).to.equal(1);
      expect(io.lines[0]).to.match(/^rooms\/b\.room\.yaml:1:1: is a symbolic link/);
      expect(io.lines).to.have.length(2);
    });

    it("to a file over SpecBytes are refused by its size", async () => {
      write({ "a.room.yaml": " ".repeat(1_048_577) });
      const { code, io } = await run(".");
      expect(code).to.equal(1);
      expect(io.lines[0]).to.include("more than the limit SpecBytes of 1048576");
    });

    it("with control characters are written out", async () => {
      write({ "a\u001b[2Jb\n.room.yaml": "" });
      expect((await run(".")).io.lines[0]).to.match(/^a\\u001b\[2Jb\\u000a\.room\.yaml:1:1: /);
    });
  });

  it("called without a path ends with 2 and shows the usage", async () => {
    const { code, io } = await run();
    expect(code).to.equal(2);
    expect(io.err).to.include("Usage: room-operator validate [--root DIR] PATH…");
  });

  it("called with a root that is not a folder ends with 2", async () => {
    const { code, io } = await run("--root", "none", ".");
    expect(code).to.equal(2);
    expect(io.err).to.include('--root "none" is not a folder');
  });

  it("called with an unknown option rejects as parseArgs does", async () => {
    const error = await rejection(run("--fix", "."));
    expect(error).to.have.property("code", "ERR_PARSE_ARGS_UNKNOWN_OPTION");
  });
});

const JSON_SPEC = { metadata: { version: 1 }, spec: { roomId: "lab-02" } };
