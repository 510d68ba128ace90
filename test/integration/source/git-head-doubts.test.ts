import { rmSync } from "node:fs";
import { expect } from "chai";
import { GitSourceBench, specText, type BenchOptions } from "../../support/git-source-bench.ts";
import { headAlone, inShort } from "./range-in-short.ts";

const v = (version: number) => specText("room-a", { version });

describe("git source: a head that was not built on the one before", function () {
  this.timeout(120_000);
  let bench: GitSourceBench;
  afterEach(() => bench.stop());

  /** Synced at version 1, then at version 2. */
  const start = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start(options);
    const first = bench.repository.commit({ "a.room.yaml": v(1) });
    await bench.follow();
    const second = bench.repository.commit({ "a.room.yaml": v(2) });
    await bench.follow();
    return { first, second };
  };
  const loseClone = async () => {
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    await bench.restart();
  };
  /** Another repository at the same address; how many commits it has. */
  const replace = (count: number) => {
    let parents: string[] = [];
    for (let at = 1; at <= count; at += 1) {
      const options = { parents, message: "Theirs\n\nConfirm: room-a" };
      parents = [bench.repository.commit({ "a.room.yaml": v(at + 10) }, options)];
    }
    bench.repository.git("gc", "--quiet", "--prune=now");
    return parents[0] ?? "";
  };

  it("is doubted when it lies behind, which the clone shows without another request", async () => {
    const { first } = await start();
    bench.repository.forceBranch(first);
    bench.server.requests.length = 0;
    const { result, order } = await bench.follow();
    expect(result).to.deep.equal({ kind: "doubted", head: first, doubt: { kind: "ancestor" } });
    expect(order).to.deep.equal([]);
    expect(bench.server.requests, "the poll alone").to.have.length(1);
    const { range, files } = await bench.sync(first, { believesAncestor: true });
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
    expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
  });

  it("is doubted when it lies behind although the clone was lost", async () => {
    const { first } = await start();
    bench.repository.forceBranch(first);
    await loseClone();
    const { result } = await bench.follow();
    expect(result).to.deep.equal({ kind: "doubted", head: first, doubt: { kind: "ancestor" } });
  });

  it("is doubted when the branch was at it and left it, and no less what lies behind that", async () => {
    const { first, second } = await start();
    const third = bench.repository.commit({ "a.room.yaml": v(3) });
    await bench.follow();
    const forced = bench.repository.commit({ "a.room.yaml": v(4) }, { parents: [first] });
    await bench.follow();
    for (const older of [second, third]) {
      const { result, order } = await bench.sync(older, { left: [third] });
      expect(result).to.deep.equal({ kind: "doubted", head: older, doubt: { kind: "ancestor" } });
      expect(order).to.deep.equal([]);
    }
    const { range } = await bench.sync(third, { left: [third], believesAncestor: true });
    expect(inShort(range)).to.deep.equal({
      history: "rewritten",
      commits: [second, third],
      returnedTo: [third],
    });
    expect(forced).to.not.equal(third);
  });

  it("names the heads that it returns to, but none where it is built on the one before as well", async () => {
    const { first, second } = await start();
    const forced = bench.repository.commit({ "a.room.yaml": v(4) }, { parents: [first] });
    await bench.follow();
    const left = [second, "0".repeat(40)];
    const parents = [forced, second];
    const merge = bench.repository.commit({ "a.room.yaml": v(5) }, { parents });
    const merged = await bench.sync(merge, { left });
    expect(merged.range?.history).to.equal("descends");
    expect(merged.range).to.not.have.property("returnedTo");
    // `second` lies behind the head before as well, so that it was not away.
    const beside = bench.repository.commit({ "a.room.yaml": v(6) }, { parents: [second] });
    const besides = await bench.sync(beside, { left });
    expect(inShort(besides.range)).to.deep.equal({ history: "rewritten", commits: [beside] });
    const other = bench.repository.commit({ "a.room.yaml": v(7) }, { parents: [first] });
    await bench.sync(other, { left });
    const third = bench.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { parents: [second] },
    );
    const { range } = await bench.sync(third, { left });
    expect(inShort(range)).to.deep.equal({
      history: "rewritten",
      commits: [second, third],
      returnedTo: [second],
    });
  });

  it("returns by a fast-forward from a step back on the same line", async () => {
    const { first, second } = await start();
    bench.repository.forceBranch(first);
    await bench.sync(first, { believesAncestor: true });
    bench.repository.forceBranch(second);
    const { range } = await bench.sync(second, { left: [second] });
    expect(range?.history).to.equal("descends");
    expect(range?.returnedTo).to.deep.equal([second]);
  });

  for (const lost of [false, true]) {
    const where = lost ? "although the clone was lost" : "and nothing of it is told";
    it(`is doubted when it shares no commit, ${where}`, async () => {
      const { second } = await start();
      const stranger = replace(3);
      if (lost) await loseClone();
      for (const look of ["first", "again"]) {
        const { result, order } = await bench.follow();
        const doubt = { kind: "unrelated", commits: 3, whole: true };
        expect(result, look).to.deep.equal({ kind: "doubted", head: stranger, doubt });
        expect(order, look).to.deep.equal([]);
      }
      const again = bench.repository.commit({ "c.room.yaml": specText("room-c") });
      const { range } = await bench.sync(again, { accepted: stranger });
      expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
      expect(bench.previous).to.equal(again);
      expect(second).to.not.equal(again);
    });
  }

  it("counts again when the old line is back, with every commit since", async () => {
    const { second } = await start();
    bench.repository.git("branch", "kept", second);
    replace(2);
    expect((await bench.follow()).result.kind).to.equal("doubted");
    const third = bench.repository.commit({ "a.room.yaml": v(3) }, { parents: [second] });
    const { range } = await bench.follow();
    expect(range?.history).to.equal("descends");
    expect(range?.commits.map(({ oid }) => oid)).to.deep.equal([third]);
  });

  it("is doubted where its history is longer than Commits, and none of it was ours", async () => {
    await start({ limits: { commits: 3 } });
    replace(60);
    await loseClone();
    const { result } = await bench.follow();
    expect(result).to.have.property("kind", "doubted");
    expect(result).to.have.property("doubt").that.includes({ kind: "unrelated", whole: false });
  });

  it("is rewritten where its history is longer than Commits, and the server has the head before", async () => {
    await start({ limits: { commits: 3 } });
    for (let at = 0; at < 60; at += 1) bench.repository.commit({ "a.room.yaml": v(at + 20) });
    await loseClone();
    const { range } = await bench.follow();
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
  });

  describe("of which the clone knows only the first head", () => {
    /** Forced to a fork three commits before the only head that was ever read. */
    const forkBefore = async (config: readonly string[]) => {
      bench = await GitSourceBench.start();
      // By protocol 2 git gives any commit that it has, whatever the setting.
      bench.server.onlyProtocol1 = true;
      if (config.length > 0) bench.repository.git("config", ...config);
      const base = bench.repository.commit({ "a.room.yaml": v(1) });
      for (const version of [2, 3, 4]) bench.repository.commit({ "a.room.yaml": v(version) });
      await bench.follow();
      return bench.repository.commit({ "a.room.yaml": v(9) }, { parents: [base] });
    };

    it("is rewritten where the server still gives what lay behind that", async () => {
      await forkBefore(["uploadpack.allowAnySHA1InWant", "true"]);
      const { range } = await bench.follow();
      const commits = [bench.repository.head()];
      expect(inShort(range)).to.deep.equal({ history: "rewritten", commits });
    });

    it("is doubted where it does not: nothing shows that they share a commit", async () => {
      const head = await forkBefore([]);
      const doubt = { kind: "unrelated", commits: 2, whole: true };
      expect((await bench.follow()).result).to.deep.equal({ kind: "doubted", head, doubt });
    });
  });
});
