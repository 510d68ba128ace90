import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

describe("git source: what a tree can hold", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
  });
  afterEach(() => bench.stop());

  const errorsOf = (told: Awaited<ReturnType<GitSourceBench["follow"]>>, path: string) => {
    const parsed = told.files.find((file) => file.path === path)?.parsed;
    return parsed?.kind === "invalid"
      ? parsed.errors.map((error) => error.message).join("\n")
      : null;
  };

  it("tells links and submodules in a spec's place as invalid, beside good files", async () => {
    const head = bench.repository.commit({
      "good.room.yaml": specText("room-good"),
      "runs.room.yaml": { mode: "100755", content: specText("room-runs") },
      "link.room.yaml": { mode: "120000", content: "/etc/passwd" },
      "module.room.yaml": { mode: "160000", oid: "1".repeat(40) },
    });
    const told = await bench.follow();
    expect(told.result).to.include({ kind: "ready", head });
    expect(told.result).to.have.property("paths").with.length(4);
    expect(errorsOf(told, "link.room.yaml")).to.contain("symbolic link");
    expect(errorsOf(told, "module.room.yaml")).to.contain("submodule");
    expect(errorsOf(told, "good.room.yaml")).to.equal(null);
    expect(errorsOf(told, "runs.room.yaml")).to.equal(null);
    expect(told.files.find((file) => file.path === "link.room.yaml")?.text).to.have.length(0);
  });

  it("reads files and folders whose modes old tools wrote, as git ls-tree shows them", async () => {
    const { repository } = bench;
    const oid = repository.gitWithInput(specText("room-a"), "hash-object", "-w", "--stdin");
    const entry = (mode: string, name: string, id: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
    const write = (...entries: readonly Buffer[]) => {
      const tree = Buffer.concat(entries);
      return repository.gitWithInput(
        tree,
        "hash-object",
        "-t",
        "tree",
        "-w",
        "--literally",
        "--stdin",
      );
    };
    const folder = write(entry("0100644", "b.room.yaml", oid), entry("100775", "c.room.yaml", oid));
    const root = write(entry("100664", "a.room.yaml", oid), entry("040000", "x", folder));
    repository.forceBranch(repository.git("commit-tree", root, "-m", "Old modes"));
    const shown = repository.git("ls-tree", "-r", "main").split("\n");
    expect(shown.map((line) => line.slice(0, 6))).to.deep.equal(["100644", "100644", "100755"]);
    const told = await bench.follow();
    expect(told.files.map(({ path, parsed }) => [path, parsed.kind])).to.have.deep.members([
      ["a.room.yaml", "valid"],
      ["x/b.room.yaml", "valid"],
      ["x/c.room.yaml", "valid"],
    ]);
    // The same file in another spelling of its mode is no change.
    const again = write(entry("100644", "a.room.yaml", oid), entry("40000", "x", folder));
    repository.forceBranch(repository.git("commit-tree", again, "-p", "main", "-m", "New modes"));
    const next = await bench.follow();
    expect(next.files).to.deep.equal([]);
    expect(next.range?.commits.map(({ touches }) => touches)).to.deep.equal([[]]);
  });

  it("tells a file that became a link with the same bytes as changed", async () => {
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    bench.repository.commit({ "a.room.yaml": { mode: "120000", content: specText("room-a") } });
    const told = await bench.follow();
    expect(errorsOf(told, "a.room.yaml")).to.contain("symbolic link");
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    expect((await bench.follow()).files[0]?.parsed.kind).to.equal("valid");
  });

  it("tells a spec with a name that is not allowed as invalid, its odd characters written out", async () => {
    bench.repository.commit({
      "a.room.yaml": specText("room-a"),
      "odd\nname.room.yaml": specText("room-odd"),
      "back\\slash/b.room.yaml": specText("room-back"),
    });
    const told = await bench.follow();
    expect(errorsOf(told, "odd\\x0aname.room.yaml")).to.contain("name");
    expect(errorsOf(told, "back\\x5cslash/b.room.yaml")).to.contain("name");
    expect(told.files).to.have.length(3);
  });

  it("finds each way in which a seed is unusable, and tells the spec again when it is mended", async () => {
    bench.repository.commit({
      "a.room.yaml": specText("room-a", {
        seeds: ["missing.md", "link.md", "folder", "sub", "good.md"],
      }),
      "link.md": { mode: "120000", content: "/etc/passwd" },
      "folder/x.md": "x",
      sub: { mode: "160000", oid: "1".repeat(40) },
      "good.md": "good",
    });
    const told = await bench.follow();
    expect(
      told.files[0]?.seeds.map((seed) => (seed.kind === "present" ? seed.kind : seed.reason)),
    ).to.deep.equal([
      "SeedMissing",
      "SeedNotRegular",
      "SeedNotRegular",
      "SeedNotRegular",
      "present",
    ]);
    bench.repository.commit({ "missing.md": "here now" });
    const again = await bench.follow();
    expect(again.files.map((file) => file.path)).to.deep.equal(["a.room.yaml"]);
    expect(again.files[0]?.seeds[0]).to.deep.include({ kind: "present", size: 8 });
    expect(again.range?.commits[0]?.touches.map((touch) => touch.path)).to.deep.equal([
      "a.room.yaml",
    ]);
  });

  it("tells again when an unusable seed is unusable for another reason", async () => {
    bench.repository.commit({ "a.room.yaml": specText("room-a", { seeds: ["s.md"] }) });
    await bench.follow();
    bench.repository.commit({ "s.md": { mode: "120000", content: "elsewhere" } });
    const told = await bench.follow();
    expect(told.files[0]?.seeds[0]).to.include({ reason: "SeedNotRegular" });
  });

  it("tells a moved file at its new path, and both paths as touched", async () => {
    bench.repository.commit({ "old/a.room.yaml": specText("room-a") });
    await bench.follow();
    const oid = bench.known[0]?.oid;
    bench.repository.commit({ "old/a.room.yaml": null, "new/a.room.yaml": specText("room-a") });
    const { files, range } = await bench.follow();
    expect(files.map((file) => [file.path, file.oid])).to.deep.equal([["new/a.room.yaml", oid]]);
    expect(range?.commits[0]?.touches).to.have.deep.members([
      { path: "old/a.room.yaml", before: oid, after: null },
      { path: "new/a.room.yaml", before: null, after: oid },
    ]);
  });

  it("searches the configured folder alone, and takes seeds from anywhere", async () => {
    bench.repository.commit({
      "teams/a.room.yaml": specText("room-a", { seeds: ["seeds/s.md"] }),
      "other/b.room.yaml": specText("room-b"),
      "teams.room.yaml": specText("room-c"),
      "seeds/s.md": "one",
    });
    await bench.restart({ path: "./teams/" });
    const told = await bench.follow();
    expect(told.files.map((file) => file.path)).to.deep.equal(["teams/a.room.yaml"]);
    expect(told.files[0]?.seeds[0]?.kind).to.equal("present");
    bench.repository.commit({ "seeds/s.md": "two", "other/b.room.yaml": null });
    const next = await bench.follow();
    expect(next.files.map((file) => file.path)).to.deep.equal(["teams/a.room.yaml"]);
    expect(next.range?.commits[0]?.touches.map((touch) => touch.path)).to.deep.equal([
      "teams/a.room.yaml",
    ]);
  });

  it("tells a merge against its first parent, and the merged commits for themselves", async () => {
    const base = bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    const side = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { branch: "side", parents: [base] },
    );
    const mine = bench.repository.commit({ "c.room.yaml": specText("room-c") });
    const merge = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { parents: [mine, side] },
    );
    const { range } = await bench.follow();
    expect(
      range?.commits.map(({ oid, touches }) => [oid, touches.map((touch) => touch.path)]),
    ).to.deep.equal([
      [mine, ["c.room.yaml"]],
      [side, ["b.room.yaml"]],
      [merge, ["b.room.yaml"]],
    ]);
  });
});
