import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { filesBetween } from "../../support/git-diff.ts";
import { mergedTree, rebased, writeMerge } from "../../support/git-merge.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { changesBetween } from "../../support/git-trees.ts";

const BY = { name: "Hub", email: "hub@example.org" };

/** Everything here is asked of git itself too. */
describe("what the tests read of a repository without a process", () => {
  let git: GitRepository;
  /** By a name: two lines that cross, commits of one second, and a line that shares nothing. */
  const commits = new Map<string, string>();
  const id = (name: string) => commits.get(name) ?? "";

  before(() => {
    git = GitRepository.create();
    const commit = (
      name: string,
      parents: readonly string[],
      files: Record<string, string | null>,
      atSeconds?: number,
    ) => {
      const branch = parents[0] ?? name;
      const given = { branch: `line-${name}`, parents: parents.map(id), message: `On ${branch}\n` };
      const at = atSeconds === undefined ? {} : { atSeconds: 1_800_000_000 + atSeconds };
      commits.set(name, git.commit(files, { ...given, ...at }));
    };
    const long = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join("");
    commit("root", [], { "rooms/a.yaml": "a\n", "rooms/b.yaml": long, "ä/ö.md": "1\n" }, 0);
    commit("left", ["root"], { "rooms/c.yaml": "c\n", "rooms/a.yaml": null }, 5);
    commit("right", ["root"], { "rooms/b.yaml": null, "rooms/moved.yaml": `${long}end\n` }, 5);
    commit("left2", ["left", "right"], { "rooms/b.yaml": null }, 7);
    commit("right2", ["right", "left"], { "ä/ö.md": "2\n" }, 6);
    commit("top", ["left2"], { "rooms/d.yaml": "d\n", ä: null, "ä/new.md": "n\n" }, 6);
    commit("side", ["left"], { "rooms/e.yaml": "e\n" }, 9);
    commit("side2", ["side"], { "ä/ö.md": "other\n" }, 9);
    commit("same", ["right"], { "rooms/e.yaml": "e\n" }, 8);
    commit("stranger", [], { x: "x" }, 20);
  });
  after(() => git.remove());

  const pairs = [
    ["root", "top"],
    ["top", "root"],
    ["left2", "right2"],
    ["right2", "top"],
    ["side2", "same"],
    ["side2", "top"],
    ["top", "side2"],
    ["left", "left"],
    ["stranger", "side"],
  ] as const;
  /** Null where git ended with a failure. */
  const asked = (...args: readonly string[]) => {
    try {
      return git.git(...args);
    } catch {
      return null;
    }
  };

  it("follows commits as git does", () => {
    const { history } = git;
    for (const [one, other] of pairs) {
      const name = `${one} ${other}`;
      const lines = git
        .git("rev-list", `${id(one)}..${id(other)}`)
        .split("\n")
        .filter(Boolean);
      expect(history.since(id(one), id(other)), name).to.deep.equal(lines);
      expect(history.isAncestor(id(other), id(one)), name).to.equal(lines.length === 0);
      const bases = asked("merge-base", "--all", id(one), id(other))?.split("\n") ?? [null];
      expect(bases, name).to.include(history.mergeBase(id(one), id(other)));
    }
    const lines = git.git("rev-list", "-n", "5", id("top")).split("\n");
    expect(history.since(null, id("top"), 5)).to.deep.equal(lines);
  });

  it("reads a commit as git shows it, and none that is missing", () => {
    const format = "--format=%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%T%x00%P%x00%B%x01";
    const shown = git.git("show", "--no-patch", format, ...commits.values()).split("\u0001");
    const read = [...commits.values()].map((each) => {
      const { author, committer, tree, parents, message } = git.history.commit(each);
      const people = [author, committer].flatMap(Object.values).map(String);
      return [...people, tree, parents.join(" "), message];
    });
    const given = shown.slice(0, -1).map((text) =>
      text
        .trim()
        .split("\0")
        .map((part) => part.trim()),
    );
    expect(read).to.deep.equal(given);
    expect(git.history.find("0".repeat(40))).to.equal(null);
    expect(git.history.find(git.history.commit(id("top")).tree)).to.equal(null);
    expect(() => git.history.commit("1".repeat(40))).to.throw("unknown commit 1111");
  });

  it("finds the files that two commits differ in, as git does with and without renames", () => {
    const treeOf = (name: string) => git.history.commit(id(name)).tree;
    for (const [one, other] of pairs) {
      const plain = ["diff-tree", "-r", "-z", "--name-status", id(one), id(other)];
      const parts = git.git(...plain).split("\0");
      const changes = changesBetween((oid) => git.object(oid), treeOf(one), treeOf(other));
      const flat = changes.flatMap(({ letter, path }) => [letter, path]);
      expect([...flat, ""], `${one} ${other}`).to.deep.equal(parts);
    }
    const all = changesBetween((oid) => git.object(oid), null, treeOf("stranger"));
    expect(all.map(({ path, letter, oid }) => [path, letter, git.text(oid ?? "")])).to.deep.equal([
      ["x", "A", "x"],
    ]);
    expect(filesBetween(git, id("root"), id("right"))).to.deep.equal([
      {
        path: "rooms/moved.yaml",
        previousPath: "rooms/b.yaml",
        letter: "R",
        additions: 1,
        deletions: 0,
      },
    ]);
    const files = filesBetween(git, id("right2"), id("left"));
    expect(files.map(({ letter, path }) => `${letter} ${path}`)).to.deep.equal([
      "D rooms/a.yaml",
      "R rooms/b.yaml",
      "A rooms/c.yaml",
      "M ä/ö.md",
    ]);
  });

  it("reads loose and packed refs, and moves and deletes both", () => {
    const refs = () => {
      const lines = git.git("for-each-ref", "--format=%(refname) %(objectname)").split("\n");
      return lines.map((line) => line.split(" "));
    };
    git.git("pack-refs", "--all");
    git.point("refs/heads/new/deep", id("top"));
    git.point("refs/heads/line-side", id("root"));
    expect([...git.refs()]).to.deep.equal(refs());
    expect(git.ref("refs/heads/line-side")).to.equal(id("root"));
    expect([...git.refs("refs/heads/new").keys()]).to.deep.equal(["refs/heads/new/deep"]);
    for (const name of ["refs/heads/new/deep", "refs/heads/line-side", "refs/heads/line-top"]) {
      git.unpoint(name);
      expect(git.ref(name)).to.equal(null);
    }
    expect([...git.refs()]).to.deep.equal(refs());
    for (const name of ["refs/heads/none", "refs/heads", "HEAD", "refs/heads/line-root/x"]) {
      expect(git.ref(name), name).to.equal(null);
    }
    expect(() => git.point("refs/heads/a", "1".repeat(40))).to.throw("ended with");
  });

  it("merges to the trees that git merges to", () => {
    for (const [one, other] of pairs.slice(0, 6)) {
      const tree = asked("merge-tree", "--write-tree", id(one), id(other))?.split("\n")[0] ?? null;
      expect(mergedTree(git, id(one), id(other)), `${one} ${other}`).to.equal(tree);
    }
    const given = { tree: git.history.commit(id("top")).tree, parents: [id("left"), id("top")] };
    const made = writeMerge(git, { ...given, message: "Merge", by: BY });
    expect(git.git("fsck", "--strict", made)).not.to.include("error");
    expect(git.history.commit(made)).to.deep.include({ ...given, message: "Merge" });
  });

  it("rebases to the trees, authors and messages that git rebases to", () => {
    const story = (from: string, base: string) =>
      git.git("log", "--format=%T %an %at %B%x00", `${base}..${from}`);
    for (const [base, head, isForced] of [
      ["right", "side2", false],
      ["same", "side2", false],
      ["left", "side2", false],
      ["left", "side2", true],
      ["right2", "side2", false],
    ] as const) {
      const name = `${head} on ${base}`;
      const expected = byGit(git, { base: id(base), head: id(head), isForced });
      const made = rebased(git, { base: id(base), head: id(head), by: BY, isForced });
      if (made === null || expected === null) expect(made, name).to.equal(expected);
      else expect(story(made, id(base)), name).to.equal(story(expected, id(base)));
      if (base === "left" && !isForced) expect(made).to.equal(id(head));
    }
  });
});

function byGit(
  git: GitRepository,
  { base, head, isForced }: { base: string; head: string; isForced: boolean },
): string | null {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-rebase-"));
  const run = (...args: readonly string[]) => {
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", HOME: folder };
    const names = ["-c", "user.name=Hub", "-c", "user.email=hub@example.org"];
    const options = { env, encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["-C", folder, ...names, ...args], options).trim();
  };
  try {
    git.git("worktree", "add", "--quiet", "--detach", folder, head);
    run("rebase", "--quiet", ...(isForced ? ["--force-rebase"] : []), base);
    return run("rev-parse", "HEAD");
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git.git("worktree", "prune");
  }
}
