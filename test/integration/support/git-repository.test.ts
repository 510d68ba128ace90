import { expect } from "chai";
import { GitRepository } from "../../support/git-repository.ts";

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
