import { expect } from "chai";
import type { HistoryEntry, VersionBody } from "../../../agent/api/history-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("what the API tells of a room's past", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    world.patienceMs = 50_000;
    world.commit({ "README.md": "rooms" });
    await world.start();
    await world.observed();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const aRoom = () => {
    made += 1;
    return new RoomStory(world, `room-past-${made}`);
  };
  const entries = async (room: RoomStory) => {
    const { body } = await world.get<{ entries: HistoryEntry[] }>(`/rooms/${room.id}/history`);
    return body.entries;
  };
  const short = (all: readonly HistoryEntry[]) =>
    all.map(({ specVersion, outcome }) => `${specVersion} ${outcome}`);
  const version = async (room: RoomStory, specVersion: number) =>
    (await world.get<VersionBody>(`/rooms/${room.id}/versions/${specVersion}`)).body.contents;

  it("is every version with its commit, author and outcome, a revert included", async () => {
    const room = aRoom();
    const one = room.commit({ version: 1, entities: entityIds(6) });
    await room.pass();
    await room.push({ version: 2, entities: [] });
    const back = room.commit({ version: 1, entities: entityIds(6) }, 'Revert "Change specs"');
    await room.pass();
    const told = await entries(room);
    expect(short(told)).to.deep.equal([
      "1 verified",
      "1 observed",
      "2 refused",
      "2 observed",
      "1 verified",
      "1 observed",
    ]);
    expect(told[0]).to.include({ revision: `main@sha1:${back}`, path: room.path });
    expect(told[5]).to.include({
      revision: `main@sha1:${one}`,
      author: "Ada <ada@example.org>",
    });
  });

  it("has the text of each content of a version, also of one that was used again", async () => {
    const room = aRoom();
    await room.push({ version: 1, entities: entityIds(1) });
    await room.push({ version: 1, entities: entityIds(2) });
    const texts = [2, 1].map((count) =>
      specYaml({ roomId: room.id, version: 1, entities: entityIds(count) }),
    );
    expect((await version(room, 1)).map(({ spec }) => spec)).to.deep.equal(texts);
  });

  it("is still there after the history was rewritten, the file is gone and the clone is lost", async () => {
    const room = aRoom();
    const base = world.repository.head() ?? "";
    await room.push({ version: 4, entities: entityIds(2) });
    world.repository.forceBranch(base);
    await world.stop();
    await world.start();
    await world.observed(base);
    expect((await room.status()).orphaned).to.equal(true);
    expect(short(await entries(room))).to.deep.equal(["4 verified", "4 observed"]);
    expect((await version(room, 4))[0]?.spec).to.include(room.id);
  });

  it("has specs that were posted, too, with who posted them", async () => {
    const roomId = "room-past-posted";
    const text = specYaml({ roomId, version: 9, entities: entityIds(1) });
    expect((await world.applyYaml(text)).status).to.equal(200);
    const room = new RoomStory(world, roomId);
    const told = await entries(room);
    expect(short(told)).to.deep.equal(["9 verified", "9 observed"]);
    expect(told[0]?.revision).to.match(/^api@sha256:[0-9a-f]{64}$/);
    expect(told[0]).to.include({ path: null });
    expect(told[0]?.author).to.match(/^http /);
    expect((await version(room, 9))[0]?.spec).to.equal(text);
  });
});
