import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions, Told } from "../../support/git-source-bench.ts";

const ANNEX_POINTER = `/annex/objects/SHA256E-s12345--${"a".repeat(64)}.bin\n`;
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;

describe("git source: seeds that cannot be used", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start(options);
  };
  afterEach(() => bench.stop());

  const problems = ({ files }: Told) =>
    Object.fromEntries(
      files
        .flatMap(({ seeds }) => seeds)
        .map((seed) => [
          seed.path,
          seed.kind === "present" ? "present" : `${seed.reason}: ${seed.message}`,
        ]),
    );

  it("says what is in the way of each", async () => {
    await start();
    const nfd = "cafe\u0301.md";
    const nfc = "café.md";
    bench.repository.commit({
      "a.room.yaml": specText("room-a", {
        seeds: [
          nfc,
          "linked/s.md",
          "sub/s.md",
          "file.md/s.md",
          "notes.md",
          "none.md",
          "folder/none.md",
        ],
      }),
      [nfd]: "x",
      linked: { mode: "120000", content: "folder" },
      sub: { mode: "160000", oid: "1".repeat(40) },
      "file.md": "x",
      "Notes.md": "x",
      "folder/s.md": "x",
    });
    const found = problems(await bench.follow());
    expect(found[nfc])
      .to.match(/^SeedMissing: /)
      .and.include('"cafe\\u0301.md" is there')
      .and.include("NFD, and NFC in the spec");
    expect(found["linked/s.md"]).to.match(/^SeedNotRegular: .*linked is a symbolic link/);
    expect(found["sub/s.md"]).to.match(/^SeedNotRegular: .*sub is a submodule/);
    expect(found["file.md/s.md"]).to.match(/^SeedMissing: .*file\.md is a file, not a folder/);
    expect(found["notes.md"]).to.match(/^SeedMissing: .*Notes\.md is there: case counts/);
    expect(found["none.md"]).to.match(/^SeedMissing: .*add it, or correct the path/);
    expect(found["folder/none.md"]).to.match(/^SeedMissing: .*add it, or correct the path/);
  });

  for (const { name, pointer, reason } of [
    { name: "Git LFS", pointer: LFS_POINTER, reason: "SeedIsLfsPointer" },
    { name: "git-annex", pointer: ANNEX_POINTER, reason: "SeedIsAnnexPointer" },
  ]) {
    it(`takes no ${name} pointer for content, and tells the spec again when the file itself comes`, async () => {
      await start();
      bench.repository.commit({
        "a.room.yaml": specText("room-a", { seeds: ["big.bin"] }),
        "big.bin": "the content",
      });
      expect(problems(await bench.follow())).to.deep.equal({ "big.bin": "present" });
      const moved = bench.repository.commit({ "big.bin": pointer });
      const found = problems(await bench.follow())["big.bin"];
      expect(found).to.include(`${reason}: `).and.include(`${name} pointer`);
      const seeds = await bench.source.readSeeds(moved, ["big.bin"], bench.signal);
      expect(seeds[0]).to.include({ kind: "unusable", reason });
      bench.repository.commit({ "README.md": "another commit" });
      expect((await bench.follow()).files).to.deep.equal([]);
      bench.repository.commit({ "big.bin": "the content" });
      expect(problems(await bench.follow())).to.deep.equal({ "big.bin": "present" });
    });
  }

  it("blocks seeds beyond SeedTotalBytes, counts each blob once, and takes them when there is room", async () => {
    await start({ limits: { seedTotalBytes: 100 } });
    bench.repository.commit({
      "a.room.yaml": specText("room-a", { seeds: ["a.bin", "same.bin"] }),
      "b.room.yaml": specText("room-b", { seeds: ["b.bin"] }),
      "a.bin": "a".repeat(60),
      "same.bin": "a".repeat(60),
      "b.bin": "b".repeat(40),
    });
    expect(problems(await bench.follow())).to.deep.equal({
      "a.bin": "present",
      "same.bin": "present",
      "b.bin": "present",
    });
    bench.repository.commit({
      "c.room.yaml": specText("room-c", { seeds: ["c.bin"] }),
      "c.bin": "c",
    });
    expect(problems(await bench.follow())["c.bin"])
      .to.match(/^SeedQuotaExceeded: /)
      .and.include("limit SeedTotalBytes: 100");
    bench.repository.commit({ "README.md": "another commit" });
    expect((await bench.follow()).files).to.deep.equal([]);
    bench.repository.commit({ "b.room.yaml": null });
    expect(problems(await bench.follow())).to.deep.equal({ "c.bin": "present" });
  });
});
