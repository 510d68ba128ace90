import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CloneBench } from "./clone-bench.ts";
import { rejection } from "../../support/rejection.ts";

describe("git source: a clone that was lost", () => {
  let bench: CloneBench;
  beforeEach(async () => {
    bench = await CloneBench.start();
  });
  afterEach(() => bench.git.stop());

  it("is made anew when it was deleted while the agent runs", async () => {
    await bench.looked();
    rmSync(bench.git.folder, { recursive: true });
    bench.push(2, "Two");
    bench.push(3, "Three");
    const { range } = await bench.git.follow();
    expect(range?.history).to.equal("descends");
    expect(bench.messages(range)).to.deep.equal(["Two", "Three"]);
    expect(bench.seen.events).to.deep.include({ kind: "discarded", why: "gone" });
  });

  it("is made anew for a read of seeds at an unchanged head, and the next sync goes on from there", async () => {
    await bench.git.source.close();
    rmSync(bench.git.folder, { recursive: true });
    await bench.git.restart();
    const [seed] = await bench.git.source.readSeeds(
      bench.git.previous ?? "",
      ["s.md"],
      bench.git.signal,
    );
    expect(seed).to.deep.include({ kind: "present", size: 1 });
    bench.push(2, "Two");
    bench.push(3, "Three");
    const { range } = await bench.git.follow();
    expect(bench.messages(range)).to.deep.equal(["Two", "Three"]);
  });

  it("gives no seeds while the server is away: that is SourceUnavailable, and says why", async () => {
    await bench.git.source.close();
    rmSync(bench.git.folder, { recursive: true });
    await bench.git.restart();
    bench.git.server.break({ kind: "status", status: 503 });
    const error = await rejection(
      bench.git.source.readSeeds(bench.git.previous ?? "", ["s.md"], bench.git.signal),
    );
    expect(error).to.have.property("code", "SourceUnavailable");
    expect(error.message)
      .to.contain(bench.git.previous ?? "-")
      .and.to.contain("503");
    bench.git.server.heal();
    expect(
      await bench.git.source.readSeeds(bench.git.previous ?? "", ["s.md"], bench.git.signal),
    ).to.have.length(1);
  });

  it("is made anew for a read of seeds that meets a damaged pack", async () => {
    const path = join(bench.git.folder, "objects", "pack", bench.packs()[0] ?? "");
    const bytes = readFileSync(path);
    for (let at = 12; at < bytes.length - 20; at += 7) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    await bench.git.restart();
    const [seed] = await bench.git.source.readSeeds(
      bench.git.previous ?? "",
      ["s.md"],
      bench.git.signal,
    );
    expect(seed).to.deep.include({ kind: "present", size: 1 });
    expect(bench.seen.events).to.deep.equal([{ kind: "discarded", why: "damaged" }]);
  });

  it("is made anew for a seed that its index makes out to be too large", async () => {
    const { git } = bench;
    const head = git.previous ?? "";
    const path = join(git.folder, "objects", "pack", bench.packs()[0] ?? "");
    swap(path.replace(/\.pack$/, ".idx"), [
      git.repository.oidOf(head, "s.md"),
      git.repository.oidOf(head, "a.room.yaml"),
    ]);
    await git.restart({ limits: { seedBytes: 100 } });
    const [seed] = await git.source.readSeeds(head, ["s.md"], git.signal);
    expect(seed).to.deep.include({ kind: "present", size: 1 });
    expect(bench.seen.events).to.deep.equal([{ kind: "discarded", why: "damaged" }]);
  });

  it("is deepened when the store speaks of a head before its beginning", async () => {
    const { previous, known, trail } = bench.git;
    const old = { previous, known, trail };
    await bench.fill();
    await bench.heard("rotated");
    Object.assign(bench.git, old);
    const { range } = await bench.git.follow();
    expect(range?.history).to.equal("descends");
    expect(bench.messages(range)).to.deep.equal(["Version 2", "Version 3", "Version 4"]);
  });

  const crashes: { name: string; leave: (folder: string) => void }[] = [
    {
      name: "while the new one was made",
      leave: (folder) => {
        mkdirSync(join(`${folder}.new`, "objects", "pack"), { recursive: true });
        writeFileSync(join(`${folder}.new`, "objects", "pack", "pack-1.pack.tmp"), "half");
      },
    },
    {
      name: "when the old one was moved aside",
      leave: (folder) => {
        cpSync(folder, `${folder}.new`, { recursive: true });
        renameSync(folder, `${folder}.old`);
      },
    },
    {
      name: "when the new one had taken its place",
      leave: (folder) => cpSync(folder, `${folder}.old`, { recursive: true }),
    },
    {
      name: "while the old one was deleted",
      leave: (folder) => mkdirSync(join(`${folder}.old`, "objects"), { recursive: true }),
    },
  ];
  for (const { name, leave } of crashes) {
    it(`is whole after a crash ${name}, and nothing else is left`, async () => {
      await bench.git.source.close();
      leave(bench.git.folder);
      await bench.git.restart();
      bench.git.server.requests.length = 0;
      bench.push(2);
      const { range } = await bench.git.follow();
      expect(range?.history).to.equal("descends");
      expect(bench.packs()).to.have.length(2);
      expect(bench.beside()).to.deep.equal([]);
    });
  }
});

/** Changes a pack's index so that each of two objects is looked up where the other one lies; its checksum is right. */
function swap(indexPath: string, oids: readonly [string, string]): void {
  const index = readFileSync(indexPath);
  const count = index.readUInt32BE(8 + 255 * 4);
  const names = 8 + 256 * 4;
  const [one = 0, other = 0] = oids.map((oid) => {
    const at = index.indexOf(Buffer.from(oid, "hex"), names);
    return names + count * 24 + ((at - names) / 20) * 4;
  });
  const kept = index.readUInt32BE(one);
  index.writeUInt32BE(index.readUInt32BE(other), one);
  index.writeUInt32BE(kept, other);
  createHash("sha1")
    .update(index.subarray(0, -20))
    .digest()
    .copy(index, index.length - 20);
  writeFileSync(indexPath, index);
}
