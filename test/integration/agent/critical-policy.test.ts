import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { RoomStory } from "../../support/room-story.ts";

const NAMED = { policies: { dmVisibilityDefault: "owner", maxArtifactsPerEntity: 7 } };
const DROPPED = { version: 2, policies: { maxArtifactsPerEntity: 7 } };

describe("a spec that stops naming dmVisibilityDefault", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.random = () => 0.01;
    world.commit({ "README.md": "rooms" });
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  afterEach(async () => {
    await setFaults(world.roomServerUrl);
  });

  async function aRoom(spec: object = NAMED): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-policy-${made}`);
    await room.push(spec);
    await room.newWrites();
    return room;
  }

  const policies = async (room: RoomStory) => (await world.contents(room.id)).policies;

  it("is refused until it is confirmed; then `team` is written", async () => {
    const room = await aRoom();
    expect((await room.push(DROPPED)).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["CriticalPolicyRemoval"]);
    expect((await room.status()).wouldRemove).to.deep.equal(["policy/dmVisibilityDefault"]);
    expect(await room.newWrites()).to.deep.equal([]);
    expect((await room.say(`Yes\n\nConfirm: ${room.id}`)).body).to.include({
      outcome: "converged",
    });
    expect(await room.newWrites()).to.deep.equal(["policy dmVisibilityDefault"]);
    expect(await policies(room)).to.include({ dmVisibilityDefault: "team" });
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  for (const { name, act } of [
    {
      name: "`Confirm: true` in the commit that drops it",
      act: (room: RoomStory) => room.push(DROPPED, "Drop it\n\nConfirm: true"),
    },
    {
      name: "X-Confirm",
      act: async (room: RoomStory) => {
        await room.push(DROPPED);
        return room.pass({ "X-Confirm": "true" });
      },
    },
  ]) {
    it(`writes \`team\` with ${name}`, async () => {
      const room = await aRoom();
      expect((await act(room)).body).to.include({ outcome: "converged" });
      expect(await policies(room)).to.include({ dmVisibilityDefault: "team" });
    });
  }

  it("is no longer watched over afterwards: somebody may set it", async () => {
    const room = await aRoom();
    await room.push(DROPPED, "Drop it\n\nConfirm: true");
    await room.drift(({ policies: now }) => ({
      policies: { ...now, dmVisibilityDefault: "public" },
    }));
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    expect(await policies(room)).to.include({ dmVisibilityDefault: "public" });
  });

  it("needs the confirmation also where the room has the default already, and then writes nothing", async () => {
    const room = await aRoom({ policies: { dmVisibilityDefault: "team" } });
    expect((await room.push({ version: 2 })).status).to.equal(412);
    expect((await room.pass({ "X-Confirm": "true" })).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([]);
    expect((await room.pass()).status).to.equal(200);
  });

  it("keeps its confirmation when something else of the same pass fails", async () => {
    const room = await aRoom();
    await setFaults(world.roomServerUrl, {
      kind: "status",
      operation: "join",
      status: 400,
      count: 1,
      room: room.id,
    });
    room.commit({ ...DROPPED, entities: ["E-01"] }, "Drop it\n\nConfirm: true");
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal([
      "join E-01",
      "policy dmVisibilityDefault",
      "join E-01",
    ]);
    expect(await room.refusals()).to.deep.equal([]);
    expect(await policies(room)).to.include({ dmVisibilityDefault: "team" });
  });

  it("may drop the other policies freely: they stay as they are", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 2, policies: { dmVisibilityDefault: "owner" } });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await policies(room)).to.include({ maxArtifactsPerEntity: 7 });
  });
});
