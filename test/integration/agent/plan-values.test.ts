import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("a plan with its values", () => {
  let world: AgentWorld;
  const room = () => new RoomStory(world, "room-values");

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    world.commit({
      "rooms/room-values.room.yaml": specYaml({
        roomId: "room-values",
        entities: entityIds(3),
        artifacts: ["plan"],
      }),
      "seeds/plan.md": "a plan",
    });
    await world.start();
    await world.verified("room-values");
  });

  after(async () => {
    await world.remove();
  });

  it("is in status, dry run and refusal under one digest", async () => {
    world.commit({
      "rooms/room-values.room.yaml": specYaml({ roomId: "room-values", version: 2 }),
    });
    await world.reason("room-values", "ChangeThresholdExceeded");
    const status = await room().status();
    expect(status.planDigest).to.match(/^sha256:[0-9a-f]{64}$/);
    const { items = [], moreItems } = status.pendingDiff ?? {};
    expect(moreItems).to.equal(0);
    expect(items.map(({ action, item }) => `${action} ${item}`)).to.deep.equal([
      ...entityIds(3).map((id) => `kick entity/${id}`),
      "delete artifact/plan",
    ]);
    expect(items.at(-1)?.after).to.equal(null);
    expect(items.at(-1)?.before).to.include({ size: "a plan".length, type: "document" });
    const refused = await world.apply({ roomId: "room-values" });
    expect(refused.status).to.equal(412);
    expect(refused.body["planDigest"]).to.equal(status.planDigest);
    const dry = await world.apply({ roomId: "room-values" }, { "X-Dry-Run": "true" });
    expect(dry.body).to.deep.include({ outcome: "planned", planDigest: status.planDigest });
    expect(dry.body["diff"]).to.deep.equal(status.pendingDiff);
    const records = await world.audit("room.refused");
    expect(records.at(-1)?.metadata["planDigest"]).to.equal(status.planDigest);
  });

  it("is in the audit of what was changed", async () => {
    world.commit({
      "rooms/room-values.room.yaml": specYaml({
        roomId: "room-values",
        version: 3,
        entities: ["E-01", "E-02", { id: "E-03", kind: "agent", visibility: "public" }],
        artifacts: ["plan"],
      }),
      "seeds/plan.md": "another plan",
    });
    await world.verified("room-values");
    const [updated] = await world.audit("entity.updated");
    expect(updated?.metadata).to.deep.include({
      before: { visibility: "team" },
      after: { visibility: "public" },
    });
    const seeded = (await world.audit("artifact.seeded")).at(-1);
    const size = (side: unknown) => (side as { size: number }).size;
    expect(size(seeded?.metadata["before"])).to.equal("a plan".length);
    expect(size(seeded?.metadata["after"])).to.equal("another plan".length);
  });
});
