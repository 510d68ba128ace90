import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { expect } from "chai";
import type { GitFault } from "../../support/git-server.ts";
import { GitSourceBench, specText, type BenchOptions } from "../../support/git-source-bench.ts";
import { headAlone, inShort } from "./range-in-short.ts";

const v = (version: number) => specText("room-a", { version });

describe("git source: the way back from a clone rotated to the head before", function () {
  this.timeout(120_000);
  let bench: GitSourceBench;
  afterEach(() => bench.stop());

  /** Synced at version 1, then the clone is lost while the agent is down. */
  const lose = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start({ ...options, asksGit: true });
    bench.repository.commit({ "other.md": "0" });
    const head = bench.repository.commit({ "a.room.yaml": v(1) });
    await bench.follow();
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    await bench.restart();
    return head;
  };
  const push = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      bench.repository.commit({ "a.room.yaml": v(at + 2) }, { message: `Version ${at + 2}` }),
    );
  /** What the server says to everything after the fetch of the head and the 49 commits behind it. */
  const refuseDeepening = (fault: GitFault) => {
    let posts = 0;
    bench.server.fault = (request) => {
      if (request.method === "POST") posts += 1;
      return request.method === "POST" && posts > 1 ? fault : undefined;
    };
  };

  /** Commits that change nothing, made in one go. */
  const pushEmpty = (count: number, from: string) => {
    const line = (at: number) =>
      `commit refs/heads/main\ncommitter Ada <ada@example.org> ${1_800_000_000 + at} +0000\ndata 1\nx\n` +
      (at === 0 ? `from ${from}\n` : "");
    const lines = Array.from({ length: count }, (_, at) => line(at));
    bench.repository.gitWithInput(lines.join(""), "fast-import", "--quiet");
    return bench.repository.git("rev-list", "--reverse", `${from}..main`).split("\n");
  };

  for (const count of [1, 70]) {
    it(`finds ${count} commits, each of them`, async () => {
      const commits = pushEmpty(count, await lose());
      expect(commits).to.have.length(count);
      const { range, files } = await bench.follow();
      expect(range?.history).to.equal("descends");
      expect(range?.commits.map(({ oid }) => oid)).to.deep.equal(commits);
      expect(files).to.deep.equal([]);
    });
  }

  it("brings the files of the head once", async () => {
    await lose();
    bench.repository.commit({ "film.bin": randomBytes(300_000) });
    push(30);
    bench.server.requests.length = 0;
    const { range } = await bench.follow();
    expect(range?.history).to.equal("descends");
    expect(range?.commits).to.have.length(31);
    const bytes = bench.server.requests.reduce((sum, request) => sum + request.responseBytes, 0);
    expect(bytes).to.be.below(400_000);
  });

  it("finds the commits that a merge brought in, too", async () => {
    const base = await lose();
    const side = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { branch: "side", parents: [base] },
    );
    const [main] = push(1);
    const merge = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { parents: [main ?? "", side], message: "Merge" },
    );
    const { range } = await bench.follow();
    expect(range?.history).to.equal("descends");
    expect(range?.commits.map(({ oid }) => oid)).to.have.members([side, main, merge]);
  });

  it("ends at Commits commits: with as many it is found, with one more the history counts as rewritten", async () => {
    await lose({ limits: { commits: 5 } });
    push(5);
    expect((await bench.follow()).range?.commits).to.have.length(5);
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    await bench.restart();
    push(6);
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
    expect(files).to.have.length(1);
  });

  it("is none when that head is on no branch any more; whether it lies behind takes a second look", async () => {
    await lose();
    const base = bench.repository.git("rev-parse", "main^");
    bench.repository.commit({ "a.room.yaml": v(9) }, { parents: [base] });
    bench.repository.git("gc", "--quiet", "--prune=now");
    const { result } = await bench.follow();
    expect(result).to.deep.include({ kind: "doubted", doubt: { kind: "ancestor" } });
    const forked = bench.repository.head() ?? "";
    const { range } = await bench.sync(forked, { believesAncestor: true });
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
  });

  it("is none when it goes through more bytes than PackBytes", async () => {
    await lose({ limits: { packBytes: 40_000 } });
    bench.repository.commit({ "big.bin": randomBytes(60_000) });
    bench.repository.commit({ "big.bin": null, "a.room.yaml": v(3) });
    const { result, range } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
  });

  for (const { name, fault, reason } of [
    { name: "answers 503", fault: { kind: "status", status: 503 }, reason: "ServerError" },
    { name: "cuts its answer", fault: { kind: "cutAfter", bytes: 40 }, reason: "ProtocolError" },
    { name: "resets", fault: { kind: "resetAfter", bytes: 40 }, reason: "Unreachable" },
  ] as const) {
    it(`is looked for again when the server ${name}: the sync fails, and nothing was told`, async () => {
      const commits = pushEmpty(60, await lose());
      const head = commits.at(-1) ?? "";
      refuseDeepening(fault);
      const failed = await bench.sync(head);
      expect(failed.result).to.include({ kind: "failed", reason });
      expect(failed.order).to.deep.equal([]);
      bench.server.heal();
      const { range } = await bench.sync(head);
      expect(range?.history).to.equal("descends");
      expect(range?.commits.map(({ oid }) => oid)).to.deep.equal(commits);
    });
  }

  it("is given up when the server refuses it three times, and nothing counts until it gives more", async () => {
    const head = pushEmpty(60, await lose()).at(-1) ?? "";
    refuseDeepening({ kind: "status", status: 500 });
    const ends = [await bench.sync(head), await bench.sync(head), await bench.sync(head)];
    expect(ends.map(({ result }) => result.kind)).to.deep.equal(["failed", "failed", "doubted"]);
    expect(ends[2]?.result).to.deep.include({
      doubt: { kind: "unrelated", commits: 50, whole: false },
    });
    expect(ends[2]?.order).to.deep.equal([]);
    bench.server.heal();
    push(1);
    expect((await bench.follow()).range?.history).to.equal("descends");
  });
});
