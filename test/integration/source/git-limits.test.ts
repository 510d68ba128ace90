import { randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";
import type { Told } from "../../support/git-source-bench.ts";
import { headAlone, inShort } from "./range-in-short.ts";

const TEXT = specText("room-a");

/** Blocks, not lengths: a file with a hole takes less. */
function bytesOnDisk(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + statSync(join(folder, name)).blocks * 512,
    0,
  );
}

describe("git source: limits", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions) => {
    bench = await GitSourceBench.start(options);
  };
  afterEach(() => bench.stop());

  const expectRefused = ({ result, order }: Told, limit: string, value: number) => {
    expect(result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(result).to.have.property("message").that.contains(`${limit}: ${value}`);
    expect(order).to.deep.equal([]);
  };

  it("keeps no file over ObjectBytes that no spec names, and goes on", async () => {
    await start({ limits: { objectBytes: 5_000 } });
    bench.repository.commit({ "a.room.yaml": TEXT, "big.bin": randomBytes(5_001) });
    expect((await bench.follow()).result.kind).to.equal("ready");
    bench.repository.commit({ "big.bin": randomBytes(40_000), "b.room.yaml": specText("room-b") });
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
    expect(bytesOnDisk(join(bench.folder, "objects", "pack"))).to.be.below(30_000);
  });

  it("refuses a folder over ObjectBytes", async () => {
    await start({ limits: { objectBytes: 5_000 } });
    const many = Array.from({ length: 200 }, (_, index) => [`many/${index}.txt`, "x"] as const);
    bench.repository.commit({ "a.room.yaml": TEXT, ...Object.fromEntries(many) });
    expectRefused(await bench.follow(), "ObjectBytes", 5_000);
  });

  it("goes on from the head alone once an object that is too big is gone again", async () => {
    await start({ limits: { packBytes: 5_000 } });
    bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    bench.repository.commit({ "big.bin": randomBytes(6_000) });
    expectRefused(await bench.follow(), "PackBytes", 5_000);
    bench.repository.commit({ "big.bin": null, "b.room.yaml": specText("room-b") });
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(inShort(range)).to.deep.equal(headAlone(bench.repository.head()));
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
  });

  it("asks the server for a refused head once, not at every poll", async () => {
    await start({ limits: { packBytes: 5_000 } });
    bench.repository.commit({ "a.room.yaml": TEXT, "big.bin": randomBytes(6_000) });
    expectRefused(await bench.follow(), "PackBytes", 5_000);
    bench.server.requests.length = 0;
    expectRefused(await bench.follow(), "PackBytes", 5_000);
    expect(bench.server.requests).to.have.length(1);
  });

  it("refuses more than PackBytes on the wire", async () => {
    await start({ limits: { packBytes: 20_000 } });
    bench.repository.commit({ "a.room.yaml": TEXT, "big.bin": randomBytes(15_000) });
    expect((await bench.follow()).result.kind).to.equal("ready");
    bench.repository.commit({ "big.bin": randomBytes(21_000) });
    const { result } = await bench.follow();
    expect(result).to.have.property("message").that.contains("limit PackBytes: 20000");
  });

  it("skips a bomb of zeros without holding it in memory", async function () {
    // git itself takes its time to make one.
    this.timeout(60_000);
    await start({});
    bench.repository.commit({ "a.room.yaml": TEXT, "zeros.bin": Buffer.alloc(40 * 1024 * 1024) });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const { result, files } = await bench.follow();
    clearInterval(watch);
    expect(result.kind).to.equal("ready");
    expect(files).to.have.length(1);
    expect((peak - before) / 1024 / 1024, "MiB").to.be.below(30);
  });

  it("refuses what inflates to sixteen times PackBytes, skipped or not", async function () {
    this.timeout(60_000);
    await start({ limits: { packBytes: 1024 * 1024 } });
    bench.repository.commit({ "a.room.yaml": TEXT, "zeros.bin": Buffer.alloc(17 * 1024 * 1024) });
    expectRefused(await bench.follow(), "PackBytes", 1024 * 1024);
  });

  it("takes Entries entries and refuses one more", async () => {
    await start({ limits: { entries: 4 } });
    bench.repository.commit({ "a.room.yaml": TEXT, "x/1": "1", "x/2": "2" });
    expect((await bench.follow()).result.kind).to.equal("ready");
    bench.repository.commit({ "x/3": "3" });
    const { result } = await bench.follow();
    expect(result).to.have.property("message").that.contains("limit Entries: 4");
  });

  for (const { limit, limits, over } of [
    { limit: "Entries", limits: { entries: 4 }, over: ["x/1", "x/2", "x/3", "x/4", "x/5"] },
  ]) {
    it(`goes on when a commit over ${limit} was taken back, and believes no word since`, async () => {
      await start({ limits });
      bench.repository.commit({ "a.room.yaml": TEXT });
      await bench.follow();
      bench.repository.commit(Object.fromEntries(over.map((path) => [path, TEXT])));
      expect((await bench.follow()).result).to.include({ reason: "LimitExceeded" });
      const back = Object.fromEntries(over.map((path) => [path, null]));
      const changed = { ...back, "a.room.yaml": `${TEXT}# mended\n` };
      bench.repository.commit(changed, { message: "Take it back\n\nConfirm: true\n" });
      const { result, range, files } = await bench.follow();
      expect(result.kind).to.equal("ready");
      expect(inShort(range)).to.deep.include(headAlone(bench.repository.head()));
      expect(range?.unread).to.include(`limit ${limit}: 4`);
      expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
    });
  }

  it("refuses a bomb of a million paths out of eight objects", async () => {
    await start({});
    const { repository } = bench;
    let oid = repository.gitWithInput("x", "hash-object", "-w", "--stdin");
    let line = `100644 blob ${oid}\t`;
    for (let level = 0; level < 6; level += 1) {
      const lines = Array.from({ length: 10 }, (_, index) => `${line}${index}`).join("\n");
      oid = repository.gitWithInput(`${lines}\n`, "mktree");
      line = `040000 tree ${oid}\t`;
    }
    const commit = repository.git("commit-tree", "-m", "bomb", oid);
    repository.forceBranch(commit);
    const told = await bench.follow();
    expect(told.result).to.include({ reason: "LimitExceeded" });
    expect(told.result).to.have.property("message").that.contains("limit Entries: 100000");
  });

  it("takes Depth folders and refuses one more", async () => {
    await start({ limits: { depth: 3 } });
    bench.repository.commit({ "1/2/3/a.room.yaml": TEXT });
    expect((await bench.follow()).files).to.have.length(1);
    bench.repository.commit({ "1/2/3/4/b.room.yaml": TEXT });
    const { result } = await bench.follow();
    expect(result)
      .to.have.property("message")
      .that.contains("limit Depth: 3")
      .and.contains('1/2/3/4/b.room.yaml under Path "."');
    bench.repository.commit({ "1/2/3/4/b.room.yaml": null });
    const { result: after, range } = await bench.follow();
    expect(after.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
  });

  it("takes a folder beyond Depth that holds no spec, with the seeds in it", async () => {
    await start({ limits: { depth: 3 } });
    const seed = "1/2/3/4/5/6/s.md";
    bench.repository.commit({
      "a.room.yaml": specText("room-a", { seeds: [seed] }),
      [seed]: "one",
    });
    const first = await bench.follow();
    expect(first.result.kind).to.equal("ready");
    expect(first.files[0]?.seeds[0]).to.include({ kind: "present", size: 3 });
    bench.repository.commit({ [seed]: "another" });
    const { files, range } = await bench.follow();
    expect(files[0]?.seeds[0]).to.include({ kind: "present", size: 7 });
    expect(range?.commits[0]?.touches.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
  });

  it("takes Commits commits and refuses one more", async () => {
    await start({ limits: { commits: 3 } });
    bench.repository.commit({ "a.room.yaml": TEXT });
    await bench.follow();
    for (let count = 0; count < 3; count += 1) bench.repository.commit({ n: String(count) });
    expect((await bench.follow()).range?.commits).to.have.length(3);
    for (let count = 0; count < 4; count += 1) bench.repository.commit({ n: `again ${count}` });
    const { result } = await bench.follow();
    expect(result).to.have.property("message").that.contains("limit Commits: 3");
  });

  it("tells a spec over SpecBytes as invalid without its text, and the others as ever", async () => {
    await start({ limits: { specBytes: 1_000 } });
    bench.repository.commit({
      "a.room.yaml": TEXT,
      "big.room.yaml": `# ${"x".repeat(1_000)}\n${TEXT}`,
    });
    const { files } = await bench.follow();
    const big = files.find((file) => file.path === "big.room.yaml");
    expect(big?.text).to.have.length(0);
    expect(big?.parsed).to.have.property("errors").that.has.length(1);
    expect(JSON.stringify(big?.parsed)).to.contain("SpecBytes of 1000");
    expect(files.find((file) => file.path === "a.room.yaml")?.parsed.kind).to.equal("valid");
  });

  it("takes a seed of SeedBytes and finds one byte more too large", async () => {
    await start({ limits: { seedBytes: 1_000 } });
    bench.repository.commit({
      "a.room.yaml": specText("room-a", { seeds: ["at.bin", "over.bin"] }),
      "at.bin": randomBytes(1_000),
      "over.bin": randomBytes(1_001),
    });
    const { files } = await bench.follow();
    expect(files[0]?.seeds[0]).to.include({ kind: "present", size: 1_000 });
    expect(files[0]?.seeds[1]).to.include({ reason: "SeedTooLarge" });
  });

  it("tells a killer of parsers as invalid, and the good file beside it", async () => {
    await start({});
    bench.repository.commit({ "a.room.yaml": TEXT, "killer.room.yaml": "[".repeat(200_000) });
    const { result, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(files.map((file) => [file.path, file.parsed.kind])).to.have.deep.members([
      ["a.room.yaml", "valid"],
      ["killer.room.yaml", "invalid"],
    ]);
  });
});
