import { expect } from "chai";
import { FOLDER_READER, type FolderReader } from "../../../agent/source/folder/folder-reader.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FolderBench } from "../../support/folder-bench.ts";
import { specText } from "../../support/git-source-bench.ts";

/** The wait for a file that lost something is over at once. */
class ImpatientClock extends FakeClock {
  override sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return delayMs === 1_000 ? Promise.resolve() : super.sleep(delayMs, signal);
  }
}

describe("a folder as a source, its seeds", () => {
  let bench: FolderBench;
  afterEach(() => bench.stop());

  it("reads a seed again only when its print changed, once it has settled, and counts it each time", async () => {
    const clock = new ImpatientClock();
    const read: string[] = [];
    const reader: FolderReader = {
      read: (file) => {
        read.push(file.path);
        return FOLDER_READER.read(file);
      },
    };
    bench = new FolderBench({ clock, reader, limits: { seedTotalBytes: 10 } });
    const seeds = ["1.md", "2.md", "lfs.md"];
    bench.write({
      "a.room.yaml": specText("room-a", { seeds }),
      "1.md": "five.",
      "2.md": "five!",
      "lfs.md": `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 5\n`,
    });
    const poll = async () => {
      read.length = 0;
      const polled = await bench.source.poll(bench.signal);
      if (polled.kind === "failed") throw new Error(polled.message);
      return polled.head;
    };
    const head = await poll();
    expect(read).to.have.members(["a.room.yaml", ...seeds]);
    // File systems that count in seconds: it may have been written again since.
    await clock.advance(1_900);
    expect(await poll()).to.equal(head);
    expect(read).to.include.members(seeds);
    await clock.advance(200);
    await poll();
    expect(read).to.include.members(seeds);
    expect(await poll()).to.equal(head);
    expect(read).to.deep.equal([]);
    bench.write({ "2.md": "eleven" });
    expect(await poll()).to.not.equal(head);
    expect(read).to.deep.equal(["2.md"]);
    const { files } = await bench.follow();
    expect(
      files[0]?.seeds.map((seed) => (seed.kind === "present" ? "present" : seed.reason)),
    ).to.deep.equal(["present", "SeedQuotaExceeded", "SeedIsLfsPointer"]);
    bench.write({ "2.md": "five!" });
    expect(await poll()).to.equal(head);
  });
});
