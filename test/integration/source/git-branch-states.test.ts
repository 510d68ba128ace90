import { expect } from "chai";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import { inShort } from "./range-in-short.ts";

const TEXT = specText("room-a");

describe("git source: what a branch can be", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
  });
  afterEach(() => bench.stop());

  it("is RepositoryEmpty before the first push", async () => {
    const end = await bench.source.poll(bench.signal);
    expect(end).to.include({ reason: "RepositoryEmpty" });
    expect(end).to.have.property("message").that.includes("or all of them were deleted");
  });

  it("is BranchMissing when other branches are there, even one whose name begins the same", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT }, { branch: "main-old" });
    expect(await bench.source.poll(bench.signal)).to.include({ reason: "BranchMissing" });
  });

  it("names the server's default branch when the branch was renamed", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    bench.repository.git("branch", "-m", "main", "trunk");
    bench.repository.git("symbolic-ref", "HEAD", "refs/heads/trunk");
    expect(await bench.source.poll(bench.signal)).to.deep.equal({
      kind: "failed",
      reason: "BranchMissing",
      message:
        'The repository has no branch "main"; the server\'s default branch is now "trunk". Check Ref.Branch, or push the branch.',
    });
  });

  it("names no default branch where HEAD leads nowhere", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT }, { branch: "other" });
    expect(await bench.source.poll(bench.signal)).to.deep.equal({
      kind: "failed",
      reason: "BranchMissing",
      message: 'The repository has no branch "main". Check Ref.Branch, or push the branch.',
    });
  });

  it("says so when the branch's name is that of a tag", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT }, { branch: "other" });
    bench.repository.git("tag", "main", "other");
    expect(await bench.source.poll(bench.signal)).to.deep.equal({
      kind: "failed",
      reason: "BranchMissing",
      message:
        'The repository has no branch "main": that is a tag, and Ref.Branch takes a branch. Write it as Ref.Tag, or make a branch of it.',
    });
  });

  it("is BranchMissing once it was deleted, and there again once it was pushed again", async () => {
    const head = bench.repository.commit({ "a.room.yaml": TEXT });
    bench.repository.commit({ "b.room.yaml": TEXT }, { branch: "other" });
    await bench.follow();
    bench.repository.deleteBranch();
    expect(await bench.source.poll(bench.signal)).to.include({ reason: "BranchMissing" });
    bench.repository.forceBranch(head);
    expect(await bench.source.poll(bench.signal)).to.deep.equal({ kind: "head", head });
  });

  it("is never taken for missing when two answers contradict each other", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    bench.server.fault = (request) =>
      request.method === "POST" ? { kind: "body", body: "0000" } : undefined;
    expect(await bench.source.poll(bench.signal)).to.include({ reason: "ProtocolError" });
  });

  it("is ready with no path when every file is gone", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT, "b.room.yaml": specText("room-b") });
    await bench.follow();
    const gone = bench.repository.commit({}, { fresh: true });
    const { result, files, range } = await bench.follow();
    expect(result).to.deep.include({ kind: "ready", head: gone, paths: [] });
    expect(files).to.deep.equal([]);
    expect(range?.commits[0]?.touches.map((touch) => touch.path)).to.have.members([
      "a.room.yaml",
      "b.room.yaml",
    ]);
  });

  it("is rewritten after a forced push, with the commits that are new", async () => {
    const base = bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 2 }) });
    await bench.follow();
    const other = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { parents: [base], message: "Confirm: true" },
    );
    const { result, range, files } = await bench.follow();
    expect(inShort(range)).to.deep.equal({ history: "rewritten", commits: [other] });
    expect(result).to.have.property("head", other);
    // The older text of a is back: it is told as changed, too.
    expect(files.map((file) => file.path)).to.have.members(["a.room.yaml", "b.room.yaml"]);
  });

  it("is doubted after a forced push to a root of its own, and rewritten once that is accepted", async () => {
    bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    const accepted = bench.repository.commit(
      { "a.room.yaml": TEXT, "b.room.yaml": specText("room-b") },
      { parents: [] },
    );
    const { result, order } = await bench.follow();
    const doubt = { kind: "unrelated", commits: 1, whole: true };
    expect(result).to.deep.equal({ kind: "doubted", head: accepted, doubt });
    expect(order).to.deep.equal([]);
    const { range, files } = await bench.sync(accepted, { accepted });
    expect(range?.history).to.equal("rewritten");
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
  });

  it("is a ProtocolError that names the format in a SHA-256 repository", async () => {
    const repository = GitRepository.create({ sha256: true });
    const server = await GitServer.start(repository.root);
    const other = await GitSourceBench.start({ url: server.url() });
    const polled = await other.source.poll(other.signal);
    expect(polled).to.include({ kind: "failed", reason: "ProtocolError" });
    expect(polled).to.have.property("message").that.contains("sha256");
    await other.stop();
    await server.stop();
    repository.remove();
  });

  it("is found on a server that speaks the older protocol alone", async () => {
    const head = bench.repository.commit({ "a.room.yaml": TEXT });
    bench.server.fault = (request) => {
      delete request.headers["git-protocol"];
      return undefined;
    };
    expect(await bench.source.poll(bench.signal)).to.deep.equal({ kind: "head", head });
    bench.server.requests.length = 0;
    expect(await bench.source.poll(bench.signal)).to.deep.equal({ kind: "head", head });
    expect(bench.server.requests).to.have.length(1);
    expect((await bench.follow()).result.kind).to.equal("ready");
  });

  it("brings the head that was polled although the branch moved on meanwhile", async () => {
    const head = bench.repository.commit({ "a.room.yaml": TEXT });
    bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 2 }) });
    expect((await bench.sync(head)).result).to.include({ kind: "ready", head });
    expect((await bench.follow()).range?.history).to.equal("descends");
  });
});
