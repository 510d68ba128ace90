import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { aDelta, aPack } from "../../support/a-pack.ts";
import type { PackedObject } from "../../support/a-pack.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const MIB = 1024 * 1024;
const SEED_BYTES = 15 * MIB;
const SEEDS = 8;
const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("a push of eight seeds of 15 MiB", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let other: GitRepository;
  let pid: number;

  before(async () => {
    world = await AgentWorld.create();
    other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    world.commit({ [PATH]: specYaml({ entities: ["E-01"] }) });
    other.commit({ "README.md": "nothing yet" });
    const agent = await world.spawn({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified(ROOM);
    pid = await eventually("the agent has a pid", () => agent.pid);
  });

  after(() => world.remove());

  /** The longest time that the event loop was held up since this was asked last, in ms. */
  const longestStall = async () => {
    const text = await world.text("/metrics");
    const value = /event_loop_delay_seconds\{quantile="1"\} (\S+)/.exec(text)?.[1];
    return Number(value) * 1000;
  };
  /** The most memory that the process has ever had. */
  const mostMib = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

  it("holds up neither the event loop nor the room of another source, and stays in bounds", async () => {
    await longestStall();
    const head = pushSeeds(other);
    world.commit({ [PATH]: specYaml({ version: 2, entities: ["E-01", "E-02"] }) });
    await world.verified(ROOM);
    await eventually(
      "all seeds are taken in",
      async () => {
        const { sources } = await world.status();
        const source = sources.find(({ name }) => name === "other");
        return source?.observedRevision === `main@sha1:${head}`;
      },
      60_000,
    );
    // On a busy machine 0.3 s and 316 MiB were seen; all seeds in memory at once are 120 MiB more.
    expect(await longestStall(), "ms").to.be.within(0, 1100);
    expect(mostMib(), "MiB").to.be.within(50, 420);
    expect(statSync(join(world.data, "store.db")).size / MIB).to.be.below(SEEDS * 15 + 50);
  });
});

/** Commits specs of rooms, each with a seed of its own that differs from the others in a few bytes. */
function pushSeeds(repository: GitRepository): string {
  const base = Buffer.alloc(SEED_BYTES, 1);
  const tails = Array.from({ length: SEEDS }, (_, at) => Buffer.from(at === 0 ? "" : `${at}`));
  const objects = tails.map((tail, at): PackedObject => {
    if (at === 0) return { type: "blob", data: base };
    return { type: "offsetDelta", base: at, data: aDelta(SEED_BYTES, tail) };
  });
  repository.gitWithInput(aPack(objects), "index-pack", "--stdin");
  const lines = tails.flatMap((tail, at) => {
    const blob = createHash("sha1").update(`blob ${SEED_BYTES + tail.length}\0`);
    const oid = blob.update(base).update(tail).digest("hex");
    const seedFrom = `${at}.bin`;
    const artifacts = [{ name: "large", type: "document", workspace: "shared", seedFrom }];
    const text = specYaml({ roomId: `room-large-${at}`, artifacts });
    const spec = repository.gitWithInput(text, "hash-object", "-w", "--stdin");
    return [`100644 blob ${oid}\t${at}.bin\n`, `100644 blob ${spec}\t${at}.room.yaml\n`];
  });
  const tree = repository.gitWithInput(lines.join(""), "mktree");
  const parent = repository.head() ?? "";
  const commit = repository.git("commit-tree", tree, "-p", parent, "-m", "Seed rooms");
  repository.forceBranch(commit);
  return commit;
}
