import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { eventually } from "../../support/eventually.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const PATH = "rooms/room-a.room.yaml";

describe("a label that confirms and is another one", function () {
  this.timeout(60_000);
  let world: PlanWorld;
  after(() => world.remove());

  it("is a warning everywhere", async () => {
    world = await PlanWorld.start({ [PATH]: specYaml({ roomId: "room-a", entities: ["E-1"] }) });
    await world.agent.stop();
    await world.people.makeLabel("confirm");
    await world.agent.start();
    const warning = await eventually("the source warns", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.warnings.find(({ reason }) => reason === "LabelChanged");
    });
    expect(warning.message).to.match(/^2 labels are called confirm \(ids \d+, \d+\); the one with/);
    const { body: health } = await world.agent.get<{ problems: { message: string }[] }>("/health");
    expect(health.problems.map(({ message }) => message).join()).to.include("LabelChanged");
    const { body } = await world.agent.get<ExplainAnswer>("/rooms/room-a/explain");
    expect(body.blockedBy.map(({ reason }) => reason)).to.include("LabelChanged");
    expect(await world.agent.text("/metrics")).to.match(
      /source_warning\{[^}]*LabelChanged[^}]*\} 1/,
    );
    const warned = (await world.agent.audit("source.warned")).at(-1);
    expect(warned?.metadata["reason"]).to.equal("LabelChanged");
    expect(world.agent.lines.some((line) => line.includes("LabelChanged"))).to.equal(true);
  });
});
