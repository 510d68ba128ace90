import { expect } from "chai";
import { GitObjectStore } from "../../../agent/source/git/objects/git-object-store.ts";
import { ListingMemory, listSpecs } from "../../../agent/source/git/git-spec-listing.ts";
import { GitTrees } from "../../../agent/source/git/objects/git-trees.ts";
import { GitRepository } from "../../support/git-repository.ts";

const limits = { entries: 100, depth: 8 };

describe("a listing with a memory", () => {
  let repository: GitRepository;

  beforeEach(() => {
    repository = GitRepository.create();
  });

  afterEach(() => {
    repository.remove();
  });

  /** Lists each commit in turn, once with one memory for all of them and once without. */
  function listBoth(commits: readonly string[]) {
    repository.git("repack", "-a", "-d", "-q");
    const objects = new GitObjectStore(repository.folder);
    objects.refresh();
    const trees = new GitTrees(objects);
    const memory = new ListingMemory();
    const listed = commits.map((oid) => {
      const { tree } = trees.commit(oid);
      const scope = { folder: ".", limits };
      return {
        remembered: listSpecs(trees, tree, { ...scope, memory }).found,
        anew: listSpecs(trees, tree, scope).found,
      };
    });
    objects.close();
    return listed;
  }

  it("lists what one without it lists, whatever came, went or moved", () => {
    const commits = [
      repository.commit({ "a/1.room.yaml": "1", "b/2.room.yaml": "2", "b/c/3.room.yaml": "3" }),
      repository.commit({ "b/c/3.room.yaml": "three", "b/notes.md": "n" }),
      repository.commit({ "b/c/3.room.yaml": null, "d/c/3.room.yaml": "three" }),
      // The same folder at another place, and a file that became a link.
      repository.commit({
        "e/1.room.yaml": "1",
        "b/2.room.yaml": { mode: "120000", content: "2" },
      }),
      repository.commit({ "a/1.room.yaml": null }),
    ];
    for (const { remembered, anew } of listBoth(commits)) {
      expect(remembered).to.deep.equal(anew);
    }
  });

  it("gives the very same specs for a folder that did not change", () => {
    const [first, second] = listBoth([
      repository.commit({ "a/1.room.yaml": "1", "b/2.room.yaml": "2" }),
      repository.commit({ "b/2.room.yaml": "two" }),
    ]).map(({ remembered }) => remembered);
    expect(second?.[0]).to.equal(first?.[0]);
    expect(second?.[1]).to.not.equal(first?.[1]);
  });

  it("passes the locks of editors over", () => {
    const head = repository.commit({
      "a/1.room.yaml": "1",
      "a/.#1.room.yaml": { mode: "120000", content: "ann@desk.4711:1" },
      "a/.#2.room.YAML": "2",
      "a/.#3.yaml": "kind: RoomSpec",
    });
    repository.git("repack", "-a", "-d", "-q");
    const objects = new GitObjectStore(repository.folder);
    objects.refresh();
    const trees = new GitTrees(objects);
    const listing = listSpecs(trees, trees.commit(head).tree, { folder: ".", limits });
    objects.close();
    expect(listing.found.map(({ path }) => path)).to.deep.equal(["a/1.room.yaml"]);
    expect(listing).to.deep.include({ misnamed: [], misnamedCount: 0, others: [] });
  });

  it("counts the entries of folders it remembers", () => {
    const head = repository.commit({ "a/1.room.yaml": "1", "b/2.room.yaml": "2" });
    repository.git("repack", "-a", "-d", "-q");
    const objects = new GitObjectStore(repository.folder);
    objects.refresh();
    const trees = new GitTrees(objects);
    const { tree } = trees.commit(head);
    const memory = new ListingMemory();
    listSpecs(trees, tree, { folder: ".", limits, memory });
    const tight = { folder: ".", limits: { ...limits, entries: 3 }, memory };
    expect(() => listSpecs(trees, tree, tight)).to.throw("too many files");
    objects.close();
  });
});
