import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

describe("git source: following a branch", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
  });
  afterEach(() => bench.stop());

  it("tells every spec file with its seeds at the first sync, and the head alone as commit", async () => {
    const head = bench.repository.commit({
      "rooms/a.room.yaml": specText("room-a", { seeds: ["seeds/a.md"] }),
      "rooms/deep/er/b.room.json": specText("room-b"),
      "rooms/notes.yaml": "not: a spec\n",
      "seeds/a.md": "hello\n",
    });
    const { result, range, files, order } = await bench.follow();
    expect(order[0]).to.equal("commits");
    expect(range?.history).to.equal("first");
    expect(range?.commits.map((commit) => commit.oid)).to.deep.equal([head]);
    expect(result).to.deep.equal({
      kind: "ready",
      head,
      paths: ["rooms/a.room.yaml", "rooms/deep/er/b.room.json"].map((path) => ({
        path,
        oid: bench.repository.oidOf(head, path),
      })),
    });
    expect(files.map((file) => [file.path, file.parsed.kind])).to.have.deep.members([
      ["rooms/a.room.yaml", "valid"],
      ["rooms/deep/er/b.room.json", "valid"],
    ]);
    const seeds = files.find((file) => file.path === "rooms/a.room.yaml")?.seeds;
    expect(seeds).to.deep.equal([
      {
        path: "seeds/a.md",
        kind: "present",
        oid: bench.repository.oidOf(head, "seeds/a.md"),
        size: 6,
        bytes: new Uint8Array(Buffer.from("hello\n")),
      },
    ]);
  });

  it("tells only what changed, with every commit between, oldest first", async () => {
    bench.repository.commit({
      "a.room.yaml": specText("room-a"),
      "b.room.yaml": specText("room-b"),
    });
    await bench.follow();
    const before = bench.known.find((file) => file.path === "b.room.yaml")?.oid;
    const second = bench.repository.commit(
      { "b.room.yaml": specText("room-b", { version: 2 }) },
      { message: "Raise b\n\nConfirm: true" },
    );
    const third = bench.repository.commit({ "a.room.yaml": null, "README.md": "hello" });
    const { range, files, result } = await bench.follow();
    expect(range?.history).to.equal("descends");
    expect(range?.commits.map((commit) => commit.oid)).to.deep.equal([second, third]);
    expect(range?.commits[0]?.message).to.equal("Raise b\n\nConfirm: true");
    expect(range?.commits[0]?.author).to.equal("Ada <ada@example.org>");
    expect(range?.commits[0]?.touches).to.deep.equal([
      { path: "b.room.yaml", before, after: bench.repository.oidOf(second, "b.room.yaml") },
    ]);
    expect(range?.commits[1]?.touches).to.have.length(1);
    expect(range?.commits[1]?.touches[0]).to.include({ path: "a.room.yaml", after: null });
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
    expect(result).to.have.property("paths").with.length(1);
  });

  it("tells a spec whose seed alone changed, and the commit as touching it", async () => {
    bench.repository.commit({
      "a.room.yaml": specText("room-a", { seeds: ["seeds/a.md"] }),
      "b.room.yaml": specText("room-b"),
      "seeds/a.md": "one",
    });
    await bench.follow();
    const oid = bench.known.find((file) => file.path === "a.room.yaml")?.oid;
    bench.repository.commit({ "seeds/a.md": "two" });
    const { range, files } = await bench.follow();
    expect(range?.commits[0]?.touches).to.deep.equal([
      { path: "a.room.yaml", before: oid, after: oid },
    ]);
    expect(files.map((file) => file.path)).to.deep.equal(["a.room.yaml"]);
    expect(files[0]?.seeds[0]).to.deep.include({ kind: "present", size: 3 });
  });

  it("costs one small request when nothing changed", async () => {
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    bench.server.requests.length = 0;
    await bench.source.poll(bench.signal);
    expect(bench.server.requests).to.have.length(1);
    const [request] = bench.server.requests;
    expect((request?.requestBytes ?? 0) + (request?.responseBytes ?? 0)).to.be.below(1000);
  });
});
