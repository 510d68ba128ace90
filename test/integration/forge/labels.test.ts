import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { eventually } from "../../support/eventually.ts";
import { ForgeAgentWorld } from "../../support/forge/forge-agent-world.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/room-a.room.yaml";
const specA = (version: number, count: number) =>
  specYaml({ roomId: "room-a", version, entities: entityIds(count) });

describe("labels of pull requests on a forge", function () {
  this.timeout(90_000);
  let world: ForgeAgentWorld;

  beforeEach(async () => {
    world = await ForgeAgentWorld.create({ [A]: specA(1, 4) });
  });
  afterEach(() => world.remove());

  const start = async () => {
    await world.agent.start();
    await eventually("the room is verified", async () => {
      const { verifiedRevision } = await world.agent.room("room-a");
      return verifiedRevision ?? undefined;
    });
  };
  const entities = async () => (await world.agent.contents("room-a")).entities;

  for (const style of ["merge", "squash", "rebase", "fast-forward"] as const) {
    it(`plans only what was merged by ${style} with the label dry-run`, async () => {
      await start();
      const pull = await world.forge.open({ files: { [A]: specA(2, 5) } });
      await world.forge.setLabel(pull, "dry-run", "ada");
      const sha = await world.merge(pull, style);
      await world.agent.observed(sha);
      const { conditions, dryRun } = await world.agent.reason("room-a", "DryRun");
      expect(dryRun).to.equal(sha);
      expect(conditions?.[0]?.message).to.include("label dry-run of pull request #");
      expect(await entities()).to.deep.equal(entityIds(4));
    });
  }

  it("holds removals while the forge does not answer, says so everywhere, and goes on when it does", async () => {
    await start();
    // Only the agent asks which pull request a commit is from.
    world.gitea.break({ kind: "status", status: 500 }, ({ path }) =>
      /\/commits\/\w+\/pull$/.test(path),
    );
    const pull = await world.forge.open({ files: { [A]: specA(2, 3) } });
    const sha = await world.merge(pull);
    await world.agent.observed(sha);
    await world.agent.reason("room-a", "IntentUnknown");
    expect(await entities()).to.deep.equal(entityIds(4));

    const status = await world.agent.status();
    const [warning] = status.sources[0]?.warnings ?? [];
    expect(warning?.reason).to.equal("LabelsNotRead");
    expect(warning?.message).to.match(/^what labels say of 1 room changed up to main@sha1:/);
    const { body: health } = await world.agent.get<{
      status: string;
      problems: { message: string }[];
    }>("/health");
    expect(health.status).to.equal("degraded");
    expect(health.problems.map(({ message }) => message).join()).to.include("LabelsNotRead");
    const { body } = await world.agent.get<ExplainAnswer>("/rooms/room-a/explain");
    const reasons = body.blockedBy.map(({ reason }) => reason);
    expect(reasons).to.include.members(["IntentUnknown", "LabelsNotRead"]);
    expect(await world.agent.text("/metrics")).to.match(
      /source_warning\{[^}]*LabelsNotRead[^}]*\} 1/,
    );
    const [warned] = await world.agent.audit("source.warned");
    expect(warned?.metadata["reason"]).to.equal("LabelsNotRead");
    expect(world.agent.lines.some((line) => line.includes('"labels not read"'))).to.equal(true);

    world.gitea.heal();
    await world.agent.verified("room-a", sha);
    expect(await entities()).to.deep.equal(entityIds(3));
    await eventually("the warning ends", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.warnings.length === 0;
    });
  });
});
