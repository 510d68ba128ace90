import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CloneBench } from "./clone-bench.ts";
import { specText } from "../../support/git-source-bench.ts";

const COMMITS = 60;
const ROOMS = 10;
/** More than three are too many; commits may come while the new clone is made. */
const MOST_PACKS = 3 + 4;

describe("git source: many commits, one after the other", function () {
  this.timeout(300_000);
  let bench: CloneBench;
  before(async () => {
    bench = await CloneBench.start();
  });
  after(() => bench.git.stop());

  const bytesBelow = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce(
      (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );

  it("are all told, each once, while packs, disk, open files and memory stay bounded", async () => {
    const versionOf = (at: number) => 1 + Math.floor(at / ROOMS);
    const line = bench.git.repository.commitLine(COMMITS, (at) => ({
      [`r${at % ROOMS}.room.yaml`]: specText(`room-${at % ROOMS}`, { version: versionOf(at) }),
      "notes.md": `note ${at}\n`.repeat(200),
    }));
    const seen = {
      packs: [] as number[],
      bytes: [] as number[],
      files: [] as number[],
      rssMb: [] as number[],
    };
    for (const [at, head] of line.entries()) {
      const { result, range, files } = await bench.git.sync(head);
      expect(result, `commit ${at}`).to.include({ kind: "ready", head });
      expect(range?.history).to.equal("descends");
      expect(bench.messages(range)).to.deep.equal([`Change ${at}`]);
      expect(
        files.map(({ path, parsed }) => [
          path,
          parsed.kind === "valid" && parsed.spec.metadata.version,
        ]),
      ).to.deep.equal([[`r${at % ROOMS}.room.yaml`, versionOf(at)]]);
      seen.packs.push(bench.packs().length);
      seen.bytes.push(bytesBelow(bench.git.folder));
      seen.files.push(bench.openFiles().length);
      seen.rssMb.push(process.memoryUsage.rss() / 1024 ** 2);
    }
    const rotations = bench.seen.events.filter(({ kind }) => kind === "rotated").length;
    expect(rotations).to.be.within(COMMITS / MOST_PACKS - 2, COMMITS / 3);
    expect(bench.seen.events).to.have.length(rotations);
    expect(Math.max(...seen.packs)).to.be.at.most(MOST_PACKS);
    // Those of the old clone may be open still while it is replaced.
    expect(Math.max(...seen.files)).to.be.at.most(2 * MOST_PACKS);
    const [first, last] = [seen.bytes.slice(0, 20), seen.bytes.slice(-20)].map((part) =>
      Math.max(...part),
    );
    expect(last).to.be.below(1.5 * (first ?? 0));
    const [warm, end] = [seen.rssMb.slice(20, 40), seen.rssMb.slice(-20)].map((part) =>
      Math.max(...part),
    );
    expect(end).to.be.below((warm ?? 0) + 64);
    const known = bench.git.known.filter(({ path }) => path.startsWith("r"));
    const { specs } = await bench.git.source.readSpecs(
      known.map(({ oid }) => oid),
      bench.git.signal,
    );
    expect([...specs.values()].map((spec) => spec?.metadata.version)).to.deep.equal(
      Array.from({ length: ROOMS }, () => COMMITS / ROOMS),
    );
  });
});
