import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";

const seeding = (roomId: string, ...seeds: string[]) => specText(roomId, { seeds });

describe("git source: only what specs need", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions) => {
    bench = await GitSourceBench.start({ filter: true, ...options });
  };
  afterEach(() => bench.stop());

  const bytesSent = () =>
    bench.server.requests.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
  const fetches = () => bench.server.requests.filter(({ command }) => command === "fetch").length;

  it("brings no file that no spec names, at the first sync and later", async () => {
    await start({});
    bench.repository.commit({
      "a.room.yaml": specText("room-a"),
      "film.bin": randomBytes(900_000),
    });
    const first = await bench.follow();
    expect(first.files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
    bench.repository.commit({
      "docs/other.bin": randomBytes(2_000_000),
      "b.room.yaml": specText("room-b"),
    });
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(files.map(({ path }) => path)).to.deep.equal(["b.room.yaml"]);
    expect(bytesSent()).to.be.below(20_000);
  });

  it("asks for all specs in one request and for all seeds in another", async () => {
    await start({});
    const rooms = Array.from({ length: 150 }, (_, index) => [
      `r/${index}.room.yaml`,
      seeding(`room-${index}`, `seeds/${index}.txt`),
    ]);
    const seeds = Array.from({ length: 150 }, (_, index) => [
      `seeds/${index}.txt`,
      `seed ${index}`,
    ]);
    bench.repository.commit(Object.fromEntries([...rooms, ...seeds]));
    const { files, seeds: sent } = await bench.follow();
    expect(files).to.have.length(150);
    expect(sent).to.have.length(150);
    expect(fetches()).to.equal(3);
  });

  it("needs one request for a small push", async () => {
    await start({});
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    bench.server.requests.length = 0;
    bench.repository.commit({ "a.room.yaml": seeding("room-a", "s.txt"), "s.txt": "x" });
    expect((await bench.follow()).files).to.have.length(1);
    expect(fetches()).to.equal(1);
  });

  it("leaves the files out when what changed is over PackBytes together", async () => {
    await start({ limits: { packBytes: 100_000 } });
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    const many = Array.from({ length: 30 }, (_, index) => [`x/${index}.bin`, randomBytes(5_000)]);
    bench.repository.commit({ "b.room.yaml": specText("room-b"), ...Object.fromEntries(many) });
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history, "its commits are read").to.equal("descends");
    expect(files.map(({ path }) => path)).to.deep.equal(["b.room.yaml"]);
  });

  for (const filter of [true, false]) {
    it(`blocks a seed over ObjectBytes alone, ${filter ? "with" : "without"} filters`, async () => {
      await start({ filter, limits: { objectBytes: 50_000 } });
      const head = bench.repository.commit({
        "a.room.yaml": seeding("room-a", "large.bin", "small.txt"),
        "large.bin": randomBytes(60_000),
        "small.txt": "x",
      });
      const { result, files } = await bench.follow();
      expect(result.kind).to.equal("ready");
      const [large, small] = files[0]?.seeds ?? [];
      expect(small).to.include({ path: "small.txt", kind: "present" });
      expect(large).to.include({ path: "large.bin", kind: "unusable", reason: "SeedTooLarge" });
      expect(large).to.have.property(
        "message",
        `"large.bin" has 60000 bytes in commit ${head.slice(0, 7)} (limit ObjectBytes: 50000).`,
      );
      expect((await bench.follow()).files, "told once").to.have.length(0);
      await bench.restart({ limits: { objectBytes: 70_000 } });
      bench.known = bench.known.map((file) => ({ ...file, oid: "0".repeat(40) }));
      bench.repository.commit({ "note.txt": "x" });
      const raised = await bench.follow();
      expect(raised.files[0]?.seeds[0]).to.include({ kind: "present", size: 60_000 });
    });

    it(`refuses a spec over ObjectBytes alone, ${filter ? "with" : "without"} filters`, async () => {
      await start({ filter, limits: { objectBytes: 50_000, specBytes: 40_000 } });
      bench.repository.commit({
        "a.room.yaml": specText("room-a"),
        "b.room.yaml": `${specText("room-b")}# ${"x".repeat(60_000)}\n`,
      });
      const { result, files } = await bench.follow();
      expect(result.kind).to.equal("ready");
      const kinds = files.map(({ path, parsed }) => `${path} ${parsed.kind}`).sort();
      expect(kinds).to.deep.equal(["a.room.yaml valid", "b.room.yaml invalid"]);
    });
  }

  it("brings seeds that are over PackBytes together in several requests, and skips what is over it alone", async () => {
    await start({ limits: { packBytes: 100_000, objectBytes: 1_000_000 } });
    const seeds = Array.from({ length: 5 }, (_, index) => [`s/${index}.bin`, randomBytes(40_000)]);
    bench.repository.commit({
      "a.room.yaml": seeding("room-a", ...seeds.map(([path]) => String(path)), "s/huge.bin"),
      ...Object.fromEntries(seeds),
      "s/huge.bin": randomBytes(150_000),
    });
    const { result, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    const found = files[0]?.seeds.map((seed) =>
      seed.kind === "present" ? "present" : seed.reason,
    );
    expect(found).to.deep.equal([...Array.from({ length: 5 }, () => "present"), "SeedTooLarge"]);
  });

  it("fails, and tries again, when a file is gone from the server before it is sent", async () => {
    await start({});
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    const blob = bench.repository.git("rev-parse", "main:a.room.yaml");
    const line = `ERR upload-pack: not our ref ${blob}`;
    const refusal = `${(line.length + 4).toString(16).padStart(4, "0")}${line}`;
    let posts = 0;
    bench.server.fault = ({ method }) => {
      if (method !== "POST") return undefined;
      posts += 1;
      // After the list of refs and the commits come the files.
      return posts >= 3 ? { kind: "body", body: refusal } : undefined;
    };
    const { result, order } = await bench.follow();
    bench.server.heal();
    expect(result).to.include({ kind: "failed", reason: "ProtocolError" });
    expect(result).to.have.property("message").that.contains(blob);
    expect(order).to.deep.equal([]);
    const { files } = await bench.follow();
    expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
  });

  it("brings everything from a server that offers filters and refuses them", async () => {
    await start({});
    bench.repository.git("config", "uploadpackfilter.allow", "false");
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    expect((await bench.follow()).files).to.have.length(1);
    bench.repository.commit({ "b.room.yaml": specText("room-b") });
    expect((await bench.follow()).files).to.have.length(1);
  });

  it("brings a file that no spec named when it is asked for, once", async () => {
    await start({});
    const head = bench.repository.commit({ "a.room.yaml": specText("room-a"), "x.txt": "hello" });
    await bench.follow();
    bench.server.requests.length = 0;
    for (let asked = 0; asked < 2; asked += 1) {
      const [seed] = await bench.source.readSeeds(head, ["x.txt"], bench.signal);
      expect(seed).to.include({ path: "x.txt", kind: "present", size: 5 });
    }
    expect(fetches()).to.equal(1);
  });

  it("reads what a commit between took out, of a clone that never had it", async () => {
    await start({});
    const before = bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    const old = bench.repository.git("rev-parse", `${before}:a.room.yaml`);
    const { specs, unread } = await bench.source.readSpecs([old, "1".repeat(40)], bench.signal);
    expect(unread).to.equal(null);
    expect(specs.get(old)?.spec.roomId).to.equal("room-a");
    expect(specs.get("1".repeat(40))).to.equal(null);
  });
});
