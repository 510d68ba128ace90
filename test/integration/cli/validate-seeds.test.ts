import { expect } from "chai";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { smallSpec, ValidateFolder } from "../../support/validate-folder.ts";

const seeded = (roomId: string, seedFrom: string) =>
  smallSpec(
    roomId,
    `  artifacts:\n    - name: a\n      type: t\n      workspace: w\n      seedFrom: ${seedFrom}\n`,
  );

describe("validate, of seeds,", () => {
  let at: ValidateFolder;
  let folder: string;

  beforeEach(() => {
    at = new ValidateFolder();
    folder = at.path;
  });
  afterEach(() => at.remove());

  const write = (files: Readonly<Record<string, string>>) => at.write(files);
  const run = (...args: string[]) => at.run(...args);

  const rejected = [
    { name: "missing", seedFrom: "seeds/none.md", want: 'file "seeds/none.md" is missing' },
    { name: "a folder", seedFrom: "seeds", want: '"seeds" is a folder, not a regular file' },
    { name: "a link", seedFrom: "link.md", want: '"link.md" is a symbolic link, not a regular' },
    {
      name: "behind a link",
      seedFrom: "linked/x.md",
      want: '"linked" is a symbolic link, not a',
    },
    { name: "below a file", seedFrom: "seeds/x.md/y", want: '"seeds/x.md" is a file, not a' },
  ];
  for (const { name, seedFrom, want } of rejected) {
    it(`are refused where the seed is ${name}`, async () => {
      write({
        ".git/HEAD": "",
        "seeds/x.md": "x",
        "rooms/a.room.yaml": seeded("lab-01", seedFrom),
      });
      await symlink("seeds/x.md", path.join(folder, "link.md"));
      await symlink("seeds", path.join(folder, "linked"));
      const { code, io } = await run("rooms");
      expect(code).to.equal(1);
      expect(io.lines[0]).to.include(`rooms/a.room.yaml:8:17: spec.artifacts[0].seedFrom: ${want}`);
    });
  }

  it("are found from the nearest folder with .git, which may be a file", async () => {
    write({
      ".git": "gitdir: elsewhere",
      "seeds/x.md": "x",
      "deep/rooms/a.room.yaml": seeded("lab-01", "./seeds/x.md"),
    });
    expect((await run("deep/rooms")).code).to.equal(0);
  });

  it("are found from --root where it is given", async () => {
    write({
      ".git/HEAD": "",
      "sub/seeds/x.md": "x",
      "sub/a.room.yaml": seeded("lab-01", "seeds/x.md"),
    });
    expect((await run("sub")).code).to.equal(1);
    expect((await run("--root", "sub", "sub")).code).to.equal(0);
  });

  it("cannot be checked without a root, which is an error that says what to pass", async () => {
    write({ "a.room.yaml": seeded("lab-01", "seeds/x.md") });
    const { code, io } = await run("a.room.yaml");
    expect(code).to.equal(1);
    expect(io.lines[0]).to.match(
      /^a\.room\.yaml:8:17: .* no folder above the file has \.git: pass --root DIR$/,
    );
  });

  it("are found from the named folder where no folder above has .git, which one line says", async () => {
    write({
      "sub/seeds/x.md": "x",
      "sub/rooms/a.room.yaml": seeded("lab-01", "seeds/x.md"),
    });
    const says = (folder: string) =>
      `seedFrom is taken to begin in ${folder}, as no folder above it has .git: pass --root DIR for another folder`;
    const below = await run("sub");
    expect(below.io.lines).to.deep.equal([says("sub"), "1 file, 0 errors, 0 warnings"]);
    expect(below.code).to.equal(0);
    const { code, io } = await run(".");
    expect(code).to.equal(1);
    expect(io.lines[0]).to.equal(says("."));
    expect(io.lines[1]).to.match(
      /^sub\/rooms\/a\.room\.yaml:8:17: .*file "seeds\/x\.md" is missing in ".*": add it, or pass --root DIR$/,
    );
  });
});
