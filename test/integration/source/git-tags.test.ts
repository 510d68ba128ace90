import { expect } from "chai";
import type { SourceRef } from "../../../agent/config/config.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import { inShort } from "./range-in-short.ts";

const tag = (name: string): SourceRef => ({ kind: "tag", name });
const semver = (range: string): SourceRef => ({ kind: "semver", range });

describe("git source: refs other than branches", function () {
  this.timeout(60_000);
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
  });
  afterEach(() => bench.stop());

  const follow = (ref: SourceRef) => bench.restart({ ref });
  const polled = () => bench.source.poll(bench.signal);
  const commit = (version: number, options = {}) =>
    bench.repository.commit({ "a.room.yaml": specText("room-a", { version }) }, options);
  /** The server speaks the older protocol alone. */
  const speakProtocol1 = () => {
    bench.server.fault = (request) => {
      delete request.headers["git-protocol"];
      return undefined;
    };
  };

  for (const protocol of [2, 1]) {
    describe(`a tag, by protocol ${protocol}`, () => {
      beforeEach(() => {
        if (protocol === 1) speakProtocol1();
      });

      for (const [name, make] of [
        ["a plain tag", () => bench.repository.tag("v1")],
        ["an annotated tag", () => bench.repository.tag("v1", undefined, "Release")],
        [
          "a tag of a tag",
          () => {
            bench.repository.tag("inner", undefined, "Release");
            bench.repository.tag("v1", "refs/tags/inner", "Again");
          },
        ],
      ] as const) {
        it(`leads from ${name} to its commit`, async () => {
          const head = commit(1);
          make();
          commit(2);
          await follow(tag("v1"));
          expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1" });
          expect((await bench.follow()).result).to.include({ kind: "ready", head });
        });
      }

      it("is a tag where a branch has the same name, and a branch where a tag has", async () => {
        const tagged = commit(1);
        bench.repository.tag("v1");
        const branched = commit(2, { branch: "v1", parents: [tagged] });
        await follow(tag("v1"));
        expect(await polled()).to.deep.equal({ kind: "head", head: tagged, tag: "v1" });
        await follow({ kind: "branch", name: "v1" });
        expect(await polled()).to.deep.equal({ kind: "head", head: branched });
      });

      it("is TagMissing where there is none, before it is pushed and after it was deleted", async () => {
        const head = commit(1);
        await follow(tag("v1"));
        expect(await polled()).to.include({ kind: "failed", reason: "TagMissing" });
        bench.repository.tag("v1");
        expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1" });
        bench.repository.deleteTag("v1");
        expect(await polled())
          .to.include({ kind: "failed", reason: "TagMissing" })
          .and.have.property("message")
          .that.includes('no tag "v1"');
      });

      it("follows the newest version, and keeps out pre-releases", async () => {
        commit(1);
        bench.repository.tag("v1.0.0");
        const head = commit(2);
        bench.repository.tag("v1.1.0", undefined, "Release");
        commit(3);
        bench.repository.tag("v1.2.0-rc.1", undefined, "Try");
        bench.repository.tag("v2.0.0");
        await follow(semver("^1"));
        expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1.1.0" });
        expect((await bench.follow()).result).to.include({ kind: "ready", head });
      });
    });
  }

  it("says so where the tag's name is a branch's", async () => {
    commit(1, { branch: "v1" });
    await follow(tag("v1"));
    expect(await polled())
      .to.have.property("message")
      .that.includes('no tag "v1": that is a branch, and Ref.Tag takes a tag');
  });

  it("is RepositoryEmpty before the first push", async () => {
    for (const ref of [tag("v1"), semver("^1")]) {
      await follow(ref);
      expect(await polled()).to.include({ reason: "RepositoryEmpty" });
    }
  });

  it("names the newest versions where none is in the range", async () => {
    commit(1);
    for (const name of ["v1.0.0", "v2.0.0", "v3.0.0-rc.1"]) bench.repository.tag(name);
    await follow(semver("^3"));
    expect(await polled())
      .to.include({ kind: "failed", reason: "NoTagInRange" })
      .and.have.property("message")
      .that.includes("v3.0.0-rc.1, v2.0.0, v1.0.0")
      .and.includes('">=3.0.0-rc.1"');
  });

  it("is TagsAmbiguous where one version is tagged twice, until one of the tags is gone", async () => {
    commit(1);
    bench.repository.tag("1.2.0");
    const head = commit(2);
    bench.repository.tag("v1.2.0", undefined, "Release");
    await follow(semver("^1"));
    expect(await polled()).to.include({ kind: "failed", reason: "TagsAmbiguous" });
    bench.repository.deleteTag("1.2.0");
    expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1.2.0" });
  });

  for (const [kind, type] of [
    ["tree", "main^{tree}"],
    ["file", "main:a.room.yaml"],
  ] as const) {
    for (const note of [undefined, "Release"]) {
      it(`is NotACommit at ${note === undefined ? "a plain" : "an annotated"} tag of a ${kind}, and fetches it once`, async () => {
        commit(1);
        bench.repository.tag("v1", bench.repository.git("rev-parse", type), note);
        await follow(tag("v1"));
        const { result } = await bench.follow();
        expect(result)
          .to.include({ kind: "failed", reason: "NotACommit" })
          .and.have.property("message")
          .that.includes(`a ${kind}`)
          .and.includes("Move the branch or tag to a commit");
        const requests = bench.server.requests.length;
        expect((await bench.follow()).result).to.include({ reason: "NotACommit" });
        expect(bench.server.requests.length - requests, "requests").to.equal(1);
        const head = commit(2);
        bench.repository.tag("v1");
        expect((await bench.follow()).result).to.include({ kind: "ready", head });
      });
    }
  }

  it("reads the commits between two tags of one line, and not the messages of the tags", async () => {
    commit(1);
    bench.repository.tag("v1.0.0", undefined, "First");
    await follow(semver("^1"));
    await bench.follow();
    const [second, third] = [commit(2, { message: "Two\n\nConfirm: room-a" }), commit(3)];
    bench.repository.tag("v1.1.0", undefined, "Release\n\nConfirm: room-b");
    const { range } = await bench.follow();
    expect(inShort(range)).to.deep.equal({ history: "descends", commits: [second, third] });
    expect(range?.commits.map(({ message }) => message).join()).to.not.include("room-b");
  });

  it("doubts a tag that was moved back, and takes one on another line as rewritten", async () => {
    const first = commit(1);
    const second = commit(2);
    bench.repository.tag("v1");
    await follow(tag("v1"));
    await bench.follow();
    bench.repository.tag("v1", first);
    const doubted = await bench.follow();
    expect(doubted.result).to.deep.equal({
      kind: "doubted",
      head: first,
      doubt: { kind: "ancestor" },
    });
    const other = commit(3, { branch: "other", parents: [first] });
    bench.repository.tag("v1", other);
    const { range } = await bench.follow();
    expect(second).to.not.equal(other);
    expect(inShort(range)).to.deep.include({ history: "rewritten", commits: [other] });
  });

  it("asks one bounded request an idle poll among 5,000 tags", async () => {
    const head = commit(1);
    const refs = Array.from({ length: 5_000 }, (_unused, at) => {
      const name = at % 2 === 0 ? `v0.${at}.0` : `nightly-${at}`;
      return `create refs/tags/${name} ${head}\n`;
    });
    bench.repository.gitWithInput(refs.join(""), "update-ref", "--stdin");
    bench.repository.tag("v1.0.0");
    await follow(semver("^1"));
    await polled();
    let bytes = 0;
    bench.server.fault = () => ({
      kind: "edit",
      edit: (body) => {
        bytes += body.length;
        return body;
      },
    });
    bench.server.requests.length = 0;
    expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1.0.0" });
    expect(bench.server.requests).to.have.length(1);
    expect(bytes, "bytes of an answer for ^1").to.be.below(200);
    await follow(semver("*"));
    await polled();
    bench.server.requests.length = 0;
    bytes = 0;
    expect(await polled()).to.deep.equal({ kind: "head", head, tag: "v1.0.0" });
    expect(bench.server.requests).to.have.length(1);
    expect(bytes, "bytes of an answer for *").to.be.within(100_000, 1_000_000);
  });

  describe("a commit", () => {
    it("is asked for by id, and never again", async () => {
      const oid = commit(1);
      commit(2);
      await follow({ kind: "commit", oid });
      expect(await polled()).to.deep.equal({ kind: "head", head: oid });
      expect(bench.server.requests, "requests of a poll").to.have.length(0);
      expect((await bench.follow()).result).to.include({ kind: "ready", head: oid });
      bench.server.requests.length = 0;
      expect((await bench.follow()).result).to.include({ kind: "ready", head: oid });
      expect(bench.server.requests).to.have.length(0);
    });

    it("is fetched again when the clone is gone", async () => {
      const oid = commit(1);
      commit(2);
      await follow({ kind: "commit", oid });
      await bench.follow();
      await bench.source.close();
      const { rmSync } = await import("node:fs");
      rmSync(bench.folder, { recursive: true });
      await follow({ kind: "commit", oid });
      expect((await bench.follow()).result).to.include({ kind: "ready", head: oid });
    });

    for (const protocol of [2, 1]) {
      it(`is CommitMissing where the server does not give it, by protocol ${protocol}`, async () => {
        commit(1);
        const oid = "1".repeat(40);
        if (protocol === 1) speakProtocol1();
        await follow({ kind: "commit", oid });
        expect((await bench.follow()).result)
          .to.include({ kind: "failed", reason: "CommitMissing" })
          .and.have.property("message")
          .that.includes(oid)
          .and.includes("Check Ref.Commit");
      });
    }

    it("is NotACommit where the id is a tree's", async () => {
      commit(1);
      const oid = bench.repository.git("rev-parse", "main^{tree}");
      await follow({ kind: "commit", oid });
      const { result } = await bench.follow();
      expect(result).to.have.property("reason").that.is.oneOf(["NotACommit", "CommitMissing"]);
    });
  });
});
