import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("a repository", function () {
  this.timeout(30_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ Git__Sources__0__IntervalSeconds: "0.1" });
    world.patienceMs = 25_000;
  });

  afterEach(async () => {
    await world.remove();
  });

  const spec = (version: number, entities: readonly string[]) => ({
    [PATH]: specYaml({ version, entities }),
  });

  const failure = (reason: string) =>
    eventually(`the source says ${reason}`, async () => {
      const [source] = (await world.status()).sources;
      return source?.lastError?.reason === reason ? source : undefined;
    });

  const sourceAudit = async () =>
    (await world.audit())
      .filter(({ action }) => action === "source.failed" || action === "source.recovered")
      .map(({ action, metadata }) => [action, metadata["reason"] ?? null]);

  /** Somebody kicks E-01; resolves when it is there again. */
  async function isMended(): Promise<void> {
    await world.kickByHand(ROOM, "E-01");
    await eventually("it is mended", async () =>
      (await world.contents(ROOM)).entities.includes("E-01"),
    );
  }

  it("without a commit is waited for, and followed from its first one", async () => {
    await world.start();
    const source = await failure("RepositoryEmpty");
    expect(source.observedRevision).to.equal(null);
    await eventually("it is ready", async () => (await world.get("/readyz")).status === 200);
    world.commit(spec(1, entityIds(2)));
    await world.verified(ROOM);
    await eventually("no error is left", async () => {
      return (await world.status()).sources[0]?.lastError === null;
    });
    // A poll at the very moment of the push may see two answers that contradict each other.
    const told = (await sourceAudit()).filter(([, reason]) => reason !== "ProtocolError");
    expect(told).to.deep.equal([
      ["source.failed", "RepositoryEmpty"],
      ["source.recovered", null],
    ]);
    await checkWorld(world);
  });

  it("that lost every branch keeps its rooms as they were, also over a restart", async () => {
    const head = world.commit(spec(1, entityIds(3)));
    await world.start();
    await world.verified(ROOM);
    world.repository.deleteBranch();
    await failure("RepositoryEmpty");
    await isMended();
    await world.stop();
    await world.start();
    await isMended();
    const [source] = (await world.status()).sources;
    expect(source).to.include({ observedRevision: `main@sha1:${head}` });
    expect(await world.audit("room.orphaned")).to.deep.equal([]);
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(3));

    world.repository.forceBranch(head);
    await eventually("it is well", async () => {
      return (await sourceAudit()).some(([action]) => action === "source.recovered");
    });
    const [first, ...more] = await sourceAudit();
    expect(first).to.deep.equal(["source.failed", "RepositoryEmpty"]);
    // A poll at the very moment of the push may see two answers that contradict each other.
    expect(more.filter(([, reason]) => reason === "RepositoryEmpty")).to.deep.equal([]);
    await checkWorld(world);
  });

  it("that was forced back to an older commit changes nothing: the version went down", async () => {
    const first = world.commit(spec(1, entityIds(2)));
    world.commit(spec(2, entityIds(4)));
    await world.start();
    const second = await world.verified(ROOM);
    world.repository.forceBranch(first);
    const room = await world.reason(ROOM, "SpecVersionRegressed");
    expect(room.verifiedRevision).to.equal(second.verifiedRevision);
    await isMended();
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(4));
    await checkWorld(world);
  });

  it("that was forced to a history of its own brings nothing, until the branch is back", async () => {
    const known = world.commit(spec(1, entityIds(6)));
    await world.start();
    await world.verified(ROOM);
    const message = "Begin again\n\nConfirm: true";
    world.commit(spec(2, ["E-06", "E-09"]), message, { parents: [], fresh: true });
    await failure("UnrelatedHistory");
    await isMended();
    expect((await world.contents(ROOM)).entities).to.have.members(entityIds(6));
    expect(await world.audit("confirm")).to.deep.equal([]);

    world.repository.forceBranch(known);
    world.commit(spec(3, entityIds(7)));
    const { rewritten } = await world.verified(ROOM);
    expect(rewritten).to.equal(null);
    expect((await world.contents(ROOM)).entities).to.have.members(entityIds(7));
    await checkWorld(world);
  });
});
