import { expect } from "chai";
import type { SourceAnswer } from "../../../agent/api/status-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";

const REF = "Git__Sources__0__Ref__";
const PEOPLE = ["E-0", "E-1", "E-2", "E-3"];

describe("a source that follows tags", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    room = new RoomStory(world, "room-main");
  });
  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const source = async (): Promise<SourceAnswer> => {
    const [only] = (await world.status()).sources;
    if (only === undefined) throw new Error("no source");
    return only;
  };
  const verified = (revision: string) =>
    eventually(`the room is verified at ${revision}`, async () => {
      const { verifiedRevision } = await room.status();
      if (verifiedRevision === revision) return revision;
      throw new Error(JSON.stringify([verifiedRevision, await source()]));
    });
  /** Waits until the source fails so, and until every place says so. */
  const fails = async (reason: string) => {
    const lastError = await eventually(`the source fails with ${reason}`, async () => {
      const { lastError: found } = await source();
      return found?.reason === reason ? found : undefined;
    });
    await eventually(`${reason} is said everywhere`, async () => {
      const line = logOf(world).find((one) => one.reason === reason);
      expect(line).to.include({ level: "warn", message: "source failed" });
      const records = await world.audit("source.failed");
      expect(records.map(({ metadata }) => metadata["reason"])).to.include(reason);
      const polls = sum(await gauges(world), "source_polls_total", { result: reason });
      expect(polls, "polls").to.be.above(0);
      const { status, problems } = await healthOf(world);
      expect(status).to.equal("degraded");
      expect(problems.map(({ message }) => message).join()).to.include(reason);
      return true;
    });
    return lastError;
  };
  const release = (tag: string, version: number, entities: readonly string[], message?: string) => {
    const head = room.commit({ version, entities }, message);
    world.repository.tag(tag, head, `Release ${tag}\n\nConfirm: ${room.id}`);
    return `${tag}@sha1:${head}`;
  };
  /** A commit on a line that branched off `main` before its newest commit, and its tag. */
  const releaseAside = (tag: string, version: number, entities: readonly string[]) => {
    world.repository.git("update-ref", "refs/heads/main", "refs/heads/main~1");
    return release(tag, version, entities);
  };

  describe("by a version range", () => {
    beforeEach(() => world.start({ [`${REF}Semver`]: "^1" }));

    it("waits for a tag, then goes from release to release and names each", async () => {
      room.commit({ version: 1, entities: PEOPLE });
      const { message } = await fails("NoTagInRange");
      expect(message).to.include("no version tag");
      const first = release("v1.0.0", 1, PEOPLE);
      await verified(first);
      room.commit({ version: 2, entities: [...PEOPLE, "E-4"] });
      release("v2.0.0", 3, ["E-9"]);
      const second = release("v1.1.0", 4, [...PEOPLE, "E-5"]);
      await verified(second);
      expect(await room.entities()).to.deep.equal([...PEOPLE, "E-5"]);
      const now = await source();
      expect(now).to.include({ ref: "semver ^1", lastError: null });
      expect(now).to.include({ observedRevision: second, syncedRevision: second });
      const synced = await world.audit("source.synced");
      expect(synced.map(({ metadata }) => metadata["revision"])).to.deep.equal([first, second]);
      expect(await room.refusals()).to.deep.equal([]);
    });

    it("follows a newer tag of the same commit without a pass", async () => {
      const first = release("v1.0.0", 1, PEOPLE);
      await verified(first);
      await room.newWrites();
      world.repository.tag("v1.0.1", "v1.0.0^{commit}");
      const renamed = first.replace("v1.0.0", "v1.0.1");
      await eventually(`observed at ${renamed}`, async () => {
        const { observedRevision, syncedRevision } = await source();
        return observedRevision === renamed && syncedRevision === renamed;
      });
      expect((await room.status()).verifiedRevision).to.equal(first);
      expect(await room.newWrites()).to.deep.equal([]);
    });

    it("holds what a release on another line would remove, names both tags, and ends it by name", async () => {
      const base = release("v1.0.0", 1, PEOPLE);
      await verified(base);
      const first = release("v1.2.0", 2, [...PEOPLE, "E-4"]);
      await verified(first);
      const second = releaseAside("v1.3.0", 3, [...PEOPLE, "E-5"]);
      const held = await eventually("the removal is held", async () => {
        const { refusals } = await room.status();
        return refusals.find(({ reason }) => reason === "HistoryRewritten");
      });
      expect(held.message).to.include(`from ${first} to ${second}`);
      expect((await room.status()).wouldRemove).to.deep.equal(["entity/E-4"]);
      expect(await room.entities()).to.deep.equal([...PEOPLE, "E-4", "E-5"]);
      await room.pass({ "X-Confirm": "true" });
      await verified(second);
      expect(await room.entities()).to.deep.equal([...PEOPLE, "E-5"]);
    });

    it("keeps rooms as they are when its tag is deleted and none is left", async () => {
      const first = release("v1.0.0", 1, PEOPLE);
      await verified(first);
      world.repository.deleteTag("v1.0.0");
      await fails("NoTagInRange");
      await room.pass();
      expect(await room.entities()).to.deep.equal(PEOPLE);
      expect(await room.status()).to.include({ source: "specs", orphaned: false });
      expect(await source()).to.include({ observedRevision: first });
    });

    it("keeps rooms as they are while two tags of one version lead to different commits", async () => {
      const first = release("v1.0.0", 1, PEOPLE);
      await verified(first);
      room.commit({ version: 2, entities: ["E-9"] });
      world.repository.tag("1.0.0");
      const { message } = await fails("TagsAmbiguous");
      expect(message).to.include("v1.0.0 (").and.include("1.0.0 (");
      expect(await room.entities()).to.deep.equal(PEOPLE);
    });
  });

  describe("by its name", () => {
    beforeEach(() => world.start({ [`${REF}Tag`]: "live" }));

    it("goes along when it is moved on, and doubts it when it is moved back", async () => {
      const first = release("live", 1, PEOPLE);
      await verified(first);
      const second = release("live", 2, [...PEOPLE, "E-4"]);
      await verified(second);
      await world.stop();
      await world.start({
        Operator__Reconciliation__StateConsistency__StaleTolerance: "3s",
      });
      world.repository.tag("live", first.slice(-40));
      const { message } = await fails("LaggingReplica");
      expect(message)
        .to.include(`tag live is at ${first.slice(-40)}`)
        .and.include("tag was reset");
      const held = await eventually("the removal is held", async () => {
        const { refusals } = await room.status();
        return refusals.find(({ reason }) => reason === "HistoryRewritten");
      });
      expect(held.message).to.include(`from ${second} to ${first}`);
      expect(await room.entities()).to.deep.equal([...PEOPLE, "E-4"]);
      expect(await source()).to.include({ ref: "tag live", observedRevision: first });
    });

    it("keeps rooms as they are when it is deleted, and says so", async () => {
      const first = release("live", 1, PEOPLE);
      await verified(first);
      world.repository.deleteTag("live");
      const { message } = await fails("TagMissing");
      expect(message).to.include('no tag "live"');
      await room.pass();
      expect(await room.entities()).to.deep.equal(PEOPLE);
      expect(await source()).to.include({ observedRevision: first });
      const explained = await world.text(`/rooms/${room.id}/explain`);
      expect(explained)
        .to.include("TagMissing")
        .and.include(first)
        .and.include('no tag \\"live\\"');
    });

    it("keeps rooms as they are when it is moved to a tree", async () => {
      const first = release("live", 1, PEOPLE);
      await verified(first);
      world.repository.tag("live", "main^{tree}");
      await fails("NotACommit");
      expect(await room.entities()).to.deep.equal(PEOPLE);
      await verified(release("live", 2, [...PEOPLE, "E-4"]));
    });
  });

  it("is kept at a commit while its branch moves on", async () => {
    const oid = room.commit({ version: 1, entities: PEOPLE });
    room.commit({ version: 2, entities: ["E-9"] });
    await world.start({ [`${REF}Commit`]: oid });
    await verified(`sha1:${oid}`);
    expect(await room.entities()).to.deep.equal(PEOPLE);
    expect(await source()).to.include({ ref: `commit ${oid}`, observedRevision: `sha1:${oid}` });
  });

  it("says that the server does not give the commit", async () => {
    room.commit({ version: 1, entities: PEOPLE });
    await world.start({ [`${REF}Commit`]: "1".repeat(40) });
    const { message } = await fails("CommitMissing");
    expect(message).to.include("Check Ref.Commit");
  });

  describe("after another ref was configured", () => {
    const restart = async (keys: Record<string, string>) => {
      await world.stop();
      await world.start(keys);
    };

    it("keeps its rooms, and names what its head was found at", async () => {
      const revision = release("v1.0.0", 1, PEOPLE);
      await world.start();
      await world.verified(room.id);
      await room.newWrites();
      await restart({ [`${REF}Semver`]: "^1" });
      await eventually("the tag is observed", async () => {
        return (await source()).observedRevision === revision;
      });
      await room.pass();
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.status()).to.include({ source: "specs", orphaned: false });
      await restart({ [`${REF}Semver`]: "^2" });
      await fails("NoTagInRange");
      expect(await room.entities()).to.deep.equal(PEOPLE);
      expect(await source()).to.include({ observedRevision: revision, ref: "semver ^2" });
    });

    it("holds removals towards a tag that is older than the branch was", async () => {
      const first = release("v1.0.0", 1, PEOPLE);
      room.commit({ version: 2, entities: [...PEOPLE, "E-4"] });
      await world.start();
      await world.verified(room.id);
      const branch = `main@sha1:${world.repository.head()}`;
      await restart({ [`${REF}Tag`]: "v1.0.0" });
      const held = await eventually("the removal is held", async () => {
        const { refusals } = await room.status();
        return refusals.find(({ reason }) => reason === "HistoryRewritten");
      });
      expect(held.message).to.include(`from ${branch} to ${first}`);
      expect(await room.entities()).to.deep.equal([...PEOPLE, "E-4"]);
    });
  });
});
