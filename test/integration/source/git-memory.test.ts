import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { aDelta, aPack } from "../../support/a-pack.ts";
import type { PackedObject } from "../../support/a-pack.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";
import { specText } from "../../support/git-source-bench.ts";

const MIB = 1024 * 1024;
const BLOB_BYTES = 15 * MIB;

/** A process that syncs a small repository takes about 150 MB; all blobs of this one at a time would be 450 more. */
const MOST_RSS_MB = 450;

const PROGRAM = fileURLToPath(new URL("../../support/git-sync-process.ts", import.meta.url));

interface Outcome {
  readonly result: { readonly kind: string };
  readonly rssMb: number;
}

describe("git source: memory outside the heap", () => {
  let repository: GitRepository;
  let server: GitServer;
  beforeEach(async () => {
    repository = GitRepository.create();
    server = await GitServer.start(repository.root);
  });
  afterEach(async () => {
    await server.stop();
    repository.remove();
  });

  it("takes 30 blobs of 15 MiB in delta chains of 15", async function () {
    this.timeout(120_000);
    const pack = aPack([...chain(1), ...chain(2)]);
    expect(pack.length / MIB).to.be.below(1);
    repository.gitWithInput(pack, "index-pack", "--stdin");
    const oids = repository
      .git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize)")
      .split("\n")
      .filter((line) => Number(line.split(" ")[1]) >= BLOB_BYTES)
      .map((line) => line.slice(0, 40));
    expect(oids).to.have.length(30);
    const spec = repository.gitWithInput(specText("room-a"), "hash-object", "-w", "--stdin");
    const entries = oids.map((oid, at) => `100644 blob ${oid}\t${at}.bin\n`);
    const tree = repository.gitWithInput(
      `${entries.join("")}100644 blob ${spec}\ta.room.yaml\n`,
      "mktree",
    );
    repository.forceBranch(repository.git("commit-tree", tree, "-m", "Large"));
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, server.url()]);
    const { result, rssMb } = JSON.parse(stdout) as Outcome;
    expect(result).to.include({ kind: "ready" });
    expect(rssMb, "MB").to.be.below(MOST_RSS_MB);
  });
});

/** A blob and 14 deltas, each on the one before. */
function chain(fill: number): readonly PackedObject[] {
  const objects: PackedObject[] = [{ type: "blob", data: Buffer.alloc(BLOB_BYTES, fill) }];
  for (let link = 0; link < 14; link += 1) {
    const data = aDelta(BLOB_BYTES + link, Buffer.from("x"));
    objects.push({ type: "offsetDelta", base: 1, data });
  }
  return objects;
}
