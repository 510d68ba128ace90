import { expect } from "chai";
import { saidBy } from "../../../../agent/source/git/git-commit-messages.ts";

/** Commits that each say so many characters; nothing is asked of what they change. */
function commitsOf(characters: number) {
  const message = "x".repeat(characters);
  const commit = {
    tree: "t".repeat(40),
    parents: [],
    author: "ada",
    committer: "ada",
    committedAtMs: 0,
    message,
  };
  return { commit: () => commit };
}

describe("saidBy", () => {
  it("gives the commits in their order, without what they change", () => {
    const said = saidBy(["c1", "c2"], commitsOf(3));
    expect(said?.map(({ oid, message, touches }) => [oid, message, touches])).to.deep.equal([
      ["c1", "xxx", []],
      ["c2", "xxx", []],
    ]);
  });

  it("gives none where all messages together are too long", () => {
    const oids = Array.from({ length: 40 }, (_, at) => `c${at}`);
    expect(saidBy(oids, commitsOf(1024 * 1024))).to.equal(null);
    expect(saidBy(oids.slice(0, 30), commitsOf(1024 * 1024))).to.have.length(30);
  });
});
