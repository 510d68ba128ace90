import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOMS = ["room-a", "room-b", "room-c"];
const pathOf = (roomId: string) => `rooms/${roomId}.room.yaml`;
const specOf = (roomId: string, version: number, count: number) =>
  specYaml({ roomId, version, entities: entityIds(count) });

describe("a label that confirms for one room, at its first use", function () {
  this.timeout(60_000);
  let world: PlanWorld;

  before(async () => {
    const files = ROOMS.map((roomId) => [pathOf(roomId), specOf(roomId, 1, 4)] as const);
    world = await PlanWorld.create(Object.fromEntries(files));
    await world.people.makeLabel("confirm/room-a");
    await world.people.makeLabel("confirm/room-c");
    await world.agent.start();
    await eventually("the rooms are verified", async () => {
      const { sources } = await world.agent.status();
      return sources[0]?.syncedRevision ?? undefined;
    });
  });
  after(() => world.remove());

  const open = async (roomId: string) => {
    const pull = await world.people.open({ files: { [pathOf(roomId)]: specOf(roomId, 2, 1) } });
    await world.shows(pull, "Refused until a person confirms it");
    await world.planned(pull);
    return pull;
  };
  const refused = async (roomId: string, sha: string, reason: RegExp) => {
    await world.agent.observed(sha);
    await world.agent.reason(roomId, "ChangeThresholdExceeded");
    expect((await world.agent.room(roomId)).intentIgnored?.[0]?.reason).to.match(reason);
    expect((await world.agent.contents(roomId)).entities).to.deep.equal(entityIds(4));
  };

  it("counts where the repository had it when the agent started", async () => {
    const pull = await open("room-a");
    await world.people.setLabel(pull, "confirm/room-a", "ada");
    await world.shows(pull, "The label `confirm/room-a` was set after this plan was shown.");
    const sha = await world.people.merge(pull, "merge");
    await world.agent.verified("room-a", sha);
    expect((await world.agent.contents("room-a")).entities).to.deep.equal(entityIds(1));
  });

  it("does not count where it was made after the plan, and comment and room say the same", async () => {
    const pull = await open("room-b");
    await world.people.makeLabel("confirm/room-b");
    await world.people.setLabel(pull, "confirm/room-b", "ada");
    await world.shows(pull, /`confirm\/room-b` confirms nothing \(LabelNotPinned\)/);
    await refused("room-b", await world.people.merge(pull, "merge"), /^LabelNotPinned: /);
  });

  it("does not count where it was made again", async () => {
    await world.people.renameLabel("confirm/room-c", "was/room-c");
    await world.people.makeLabel("confirm/room-c");
    const pull = await open("room-c");
    await world.people.setLabel(pull, "confirm/room-c", "ada");
    await world.shows(pull, /`confirm\/room-c` confirms nothing: .* Set `confirm` instead/);
    const reason = /^LabelChanged: .* Set the label confirm from now on/;
    await refused("room-c", await world.people.merge(pull, "merge"), reason);
  });
});
