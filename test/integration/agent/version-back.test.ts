import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const POST = { "X-Override": "true" };

describe("a room that a person puts back to an older version, with several sources", () => {
  let world: AgentWorld;
  let room: RoomStory;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Git__Sources__1__Name: "other",
      Git__Sources__1__Path: "rooms2",
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    room = new RoomStory(world, "room-back");
    world.commit({ "rooms2/second.room.yaml": specYaml({ roomId: "room-second" }) });
    room.commit({ version: 1, artifacts: ["notes"] }, "One", { "seeds/notes.md": "one" });
    await world.start({ Git__Sources__1__Url: world.git.url("specs.git") });
    await world.verified(room.id);
    room.commit({ version: 2, entities: ["E-01"], artifacts: ["notes"] }, "Two");
    await world.verified(room.id);
  });

  after(() => world.remove());

  it("gets its seeds from the source that has it", async () => {
    const { status, body } = await world.apply({ roomId: room.id, specVersion: 1 }, POST);
    expect([status, body["outcome"], body["warnings"]]).to.deep.equal([200, "converged", []]);
    const { blocked, needsPerson, overridden } = await room.status();
    expect([blocked, needsPerson, overridden]).to.deep.equal([[], null, true]);
    expect(await room.entities()).to.deep.equal([]);
  });

  it("says in the answer to a request for it that git is not followed, and what ends that", async () => {
    const { status, body } = await room.pass();
    expect([status, body["outcome"]]).to.deep.equal([200, "converged"]);
    const [warning] = body["warnings"] as readonly string[];
    expect(warning).to.match(
      /^Overridden: git is ignored: .*, until a commit changes the room's file$/,
    );
    const deleted = await fetch(`${world.url}/rooms/${room.id}`, { method: "DELETE" });
    expect(deleted.status).to.equal(409);
    expect(await deleted.text()).to.include("posted with X-Override: true: push a commit");
    room.commit({ version: 3, entities: ["E-01"], artifacts: ["notes"] });
    await world.verified(room.id);
    expect((await room.pass()).body["warnings"]).to.deep.equal([]);
  });
});
