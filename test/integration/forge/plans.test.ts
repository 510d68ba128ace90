import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const PATH = "rooms/room-a.room.yaml";

describe("plans in pull requests", () => {
  let world: PlanWorld;
  afterEach(() => world.remove());

  const room = (version: number, ...entities: readonly string[]) =>
    specYaml({ roomId: "room-a", version, entities });
  const start = async (env: Readonly<Record<string, string>> = {}) => {
    world = await PlanWorld.start({ [PATH]: room(1, "E-1", "E-2", "E-3") }, env);
    await eventually("the room is verified", async () =>
      (await world.agent.room("room-a")).verifiedRevision === null ? undefined : true,
    );
  };

  it("shows what a push would do, and updates that with the next push", async () => {
    await start();
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-4") } });
    const text = await world.shows(pull, "**Refused until a person confirms it:**");
    expect(text).to.contain("- added `entity/E-4`").and.to.contain("- removed `entity/E-2`");
    expect(text).to.contain("- `entity/E-2`\n- `entity/E-3`");
    const head = await world.headOf(pull);
    await world.marked(head, "success");
    expect(await world.statuses(head)).to.deep.equal(["pending", "success"]);
    const shown = await world.pullsOf();
    expect(shown?.list[0]).to.include({ number: pull.number, state: "success", plannedHead: head });
    const before = await world.agent.writes("room-a");
    const next = await world.people.push(pull, { [PATH]: room(3, "E-1", "E-2", "E-3", "E-5") });
    expect(await world.shows(pull, "- added `entity/E-5`")).not.to.contain("Refused until");
    await world.marked(next, "success");
    expect(await world.plans(pull)).to.have.length(1);
    expect(await world.agent.writes("room-a"), "planned read-only").to.deep.equal(before);
  });
});
