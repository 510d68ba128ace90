import { expect } from "chai";
import type { FileContent } from "../../support/file-content.ts";
import { GitRepository, type CommitOptions } from "../../support/git-repository.ts";

interface Commit {
  readonly files: Readonly<Record<string, FileContent>>;
  readonly options?: CommitOptions;
}

describe("a repository of the tests", () => {
  const repositories: GitRepository[] = [];
  const create = (options: Parameters<typeof GitRepository.create>[0] = {}) => {
    const repository = GitRepository.create(options);
    repositories.push(repository);
    return repository;
  };

  afterEach(() => {
    for (const repository of repositories.splice(0)) repository.remove();
  });

  it("tells texts as they are at each commit, new ones and packed ones too", () => {
    const repository = create();
    const first = repository.commit({ "a/b.md": "one\n" });
    expect(repository.text(`${first}:a/b.md`)).to.equal("one\n");
    const second = repository.commit({ "a/b.md": "", "c.md": "three" });
    expect(repository.text(`${second}:a/b.md`)).to.equal("");
    repository.git("gc", "--quiet", "--prune=now");
    expect(repository.text(`${first}:a/b.md`)).to.equal("one\n");
    expect(repository.text(`${second}:c.md`)).to.equal("three");
    expect(repository.text(`${first}:c.md`)).to.equal(null);
    expect(repository.text(`${first}:a`)).to.equal(null);
    expect([repository.has(first), repository.has("0".repeat(40))]).to.deep.equal([true, false]);
  });

  it("tells the texts of several repositories in turn", () => {
    const all = [1, 2, 3, 4, 5].map((number) => {
      const repository = create();
      return { repository, number, commit: repository.commit({ a: String(number) }) };
    });
    for (const { repository, number, commit } of [...all, ...all]) {
      expect(repository.text(`${commit}:a`)).to.equal(String(number));
    }
  });

  const stories: readonly { readonly name: string; readonly commits: readonly Commit[] }[] = [
    { name: "no files", commits: [{ files: {} }, { files: {} }] },
    {
      name: "folders, and names that sort after them",
      commits: [
        { files: { "a/b/c": "1", "a.b": "2", "a-b": "3", a0: "4", "ä/ö.md": "5" } },
        { files: { "a/b/d": "6", "a/b/c": null, "a0/x": "7" } },
        { files: { "a/b/d": null, "none/at/all": null, "a.b/deep/er": "8" } },
      ],
    },
    {
      name: "a file where a folder was, and a folder where a file was",
      commits: [{ files: { "a/b": "1", c: "2" } }, { files: { a: "3", "c/d": "4" } }],
    },
    {
      name: "links, programs, bytes and other repositories",
      commits: [
        {
          files: {
            link: { mode: "120000", content: "../x" },
            run: { mode: "100755", content: "#!" },
            bytes: Buffer.from([0, 255, 10]),
            module: { mode: "160000", oid: "1".repeat(40) },
          },
        },
        { files: { run: "plain" }, options: { message: "Ünlike\n\nConfirm: true\n" } },
      ],
    },
    {
      name: "others' names, an empty tree to begin with, and other branches",
      commits: [
        { files: { a: "1" }, options: { author: "Bo <bo@example.org>", atSeconds: 7 } },
        { files: { b: "2" }, options: { committer: "Cy <cy@example.org>", branch: "x/y" } },
        { files: { c: "3" }, options: { fresh: true } },
        { files: { d: "4" }, options: { parents: [] } },
      ],
    },
  ];
  for (const { name, commits } of stories) {
    it(`makes of small commits what git makes of them: ${name}`, () => {
      const [own, gits] = [create(), create()];
      for (const { files, options } of commits) {
        const made = own.commit(files, options);
        // git makes those of many files itself: here it is given files that were never there to take away.
        const none = Array.from({ length: 60 }, (_, at) => [`zz-none/${at}`, null] as const);
        expect(gits.commit({ ...files, ...Object.fromEntries(none) }, options)).to.equal(made);
        expect(own.head(options?.branch)).to.equal(made);
      }
      expect(own.git("fsck", "--strict", "--no-dangling")).to.equal("");
    });
  }

  it("refuses a path that git has no place for", () => {
    for (const path of ["a//b", "../a", "a/.git/config", ""]) {
      expect(() => create().commit({ [path]: "1" })).to.throw("no path of a commit");
    }
  });

  for (const sha256 of [false, true]) {
    it(`is sound, and no other than the one before it (sha256: ${sha256})`, () => {
      for (const repository of [create({ sha256 }), create({ sha256 })]) {
        expect(repository.head()).to.equal(null);
        const commit = repository.commit({ "rooms/a.room.yaml": "a: 1\n" });
        expect(commit).to.have.length(sha256 ? 64 : 40);
        expect(repository.git("fsck", "--strict")).to.not.match(/error|warning/);
        expect(repository.git("symbolic-ref", "HEAD")).to.equal("refs/heads/main");
        repository.git("config", "uploadpack.allowFilter", "true");
      }
      expect(create({ sha256 }).git("config", "--list")).to.not.include("allowfilter");
    });
  }
});
