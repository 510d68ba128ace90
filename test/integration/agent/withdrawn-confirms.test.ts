import { expect } from "chai";
import type { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { GitRepository } from "../../support/git-repository.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { ALL, ONE, WaitingRoom } from "./waiting-room.ts";

/** A confirmation that was not used up, because its room is suspended, ends with the change that it was given for. */
describe("a confirmation that waits", function () {
  this.timeout(60_000);
  let the: WaitingRoom;
  let world: AgentWorld;
  let other: GitRepository;
  let room: RoomStory;

  beforeEach(async () => {
    the = await WaitingRoom.create();
    ({ world, other, room } = the);
  });

  afterEach(() => world.remove());

  it("is carried out with its change, over a restart and commits that leave its items alone", async () => {
    await the.shrink();
    await the.observed(world.commit({ "README.md": "more" }, "Say more"));
    await world.stop();
    await world.start();
    room.commit({ version: 3, entities: [...ONE, "E-09"] }, "Add one");
    await world.observed();
    await the.resume();
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal([...ONE, "E-09"]);
    expect(await room.audit("confirmation.withdrawn")).to.deep.equal([]);
  });

  it("is carried out with its change under another name of its source", async () => {
    await the.shrink();
    await world.stop();
    await world.start({ Git__Sources__0__Name: "renamed" });
    await the.take("renamed");
    await the.isCarriedOut();
  });

  it("ends where its source has another name and another spec, and says so", async () => {
    await the.shrink();
    await world.stop();
    room.commit({ version: 3, entities: [...ONE, "E-09"] }, "Change it");
    await world.start({ Git__Sources__0__Name: "renamed" });
    await the.take("renamed");
    await the.isSaid(/^source "specs" may not have .*SourceNotConfigured.* "renamed" has another/);
    await the.isRefused();
  });

  it("is carried out with its change once a wrong Path is corrected", async () => {
    await the.shrink();
    await world.stop();
    world.commit({ "elsewhere/z.room.yaml": specYaml({ roomId: "room-else" }) });
    await world.start({ Git__Sources__0__Path: "elsewhere" });
    await world.reason(room.id, "SourceChanged");
    await world.stop();
    await world.start({ Git__Sources__0__Path: "." });
    await the.take("specs");
    await the.isCarriedOut();
  });

  describe("whose room loses its file", () => {
    beforeEach(async () => {
      await the.shrink();
    });

    async function giveUp(): Promise<void> {
      await the.observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      await the.isSaid(/^the room lost its spec/);
    }

    it("does not count for the file of another team", async () => {
      await giveUp();
      other.commit({
        "a.room.yaml": specYaml({ roomId: room.id, version: 7, entities: ONE }),
      });
      await the.take("other");
      await the.isRefused();
    });

    it("does not count for another team's file that waited for the room", async () => {
      other.commit({
        "a.room.yaml": specYaml({ roomId: room.id, version: 2, entities: ONE }),
      });
      await eventually("the claim is refused", async () => {
        const { sources } = await world.status();
        return sources.some(({ specErrors }) => specErrors.length > 0);
      });
      await the.observed(world.commit({ [room.path]: null }, "Hand it over"));
      await the.take("other");
      await the.isRefused();
      await the.isSaid(/^the room lost its spec: .* a\.room\.yaml of source "other" names it/);
    });

    it("does not count for the same file that comes back later", async () => {
      await giveUp();
      await the.observed(room.commit({ version: 2, entities: ONE }, "Take it again"));
      await the.take("specs");
      await the.isRefused();
    });

    it("does not count for a posted spec", async () => {
      await giveUp();
      await the.resume();
      const posted = specYaml({ roomId: room.id, version: 9, entities: ONE });
      expect((await world.applyYaml(posted)).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("does not count once the file has named another room", async () => {
      const elsewhere = specYaml({ roomId: "room-elsewhere", version: 3, entities: ONE });
      await the.observed(world.commit({ [room.path]: elsewhere }, "Another room"));
      await the.observed(room.commit({ version: 4, entities: ONE }, "This one again"));
      await the.isRefused();
    });
  });

  describe("where kicks fail", () => {
    beforeEach(async () => {
      await the.resume();
      await the.faulty(true);
    });

    it("does not count for a spec that is posted in place of git's", async () => {
      await the.shrink();
      const posted = specYaml({ roomId: room.id, version: 9, entities: ONE });
      const answer = await world.applyYaml(posted, { "X-Override": "true" });
      expect(answer.status).to.equal(412);
      await the.isSaid(/^the room's spec comes from another owner/, 0);
      await the.faulty(false);
      expect((await room.pass()).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("of a request does not count once the room has lost its file", async () => {
      await the.shrink("Shrink");
      await eventually("it is refused", async () => (await room.refusals()).length > 0);
      expect((await room.pass({ "X-Confirm": "true" })).status).to.be.oneOf([200, 502]);
      expect(await room.audit("confirm")).to.have.length(1);
      await the.observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      await the.isSaid(/^the room lost its spec/);
      await the.faulty(false);
      await the.observed(room.commit({ version: 2, entities: ONE }, "Take it again"));
      await the.take("specs");
      expect((await room.pass()).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    const post = (entities: readonly string[], headers: Record<string, string> = {}) =>
      world.applyYaml(specYaml({ roomId: room.id, version: 3, entities }), headers);

    /** A posted spec has the room, and a request confirms another one that takes three of its entities out. */
    async function confirmPosted(): Promise<void> {
      await the.observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      expect((await post(ALL)).status).to.equal(200);
      await post(ONE, { "X-Confirm": "true" });
    }

    it("of a request for a posted spec does not count once the room was deleted", async () => {
      await confirmPosted();
      expect(await room.audit("confirm")).to.have.length(1);
      expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
      await the.isSaid(/^the room lost its spec/, 0);
      await the.faulty(false);
      expect((await post(ONE)).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("of a request for a posted spec counts when the same spec is posted again", async () => {
      await confirmPosted();
      expect(await room.entities()).to.deep.equal(ALL);
      await the.faulty(false);
      expect((await post(ONE)).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(ONE);
    });
  });
});
