import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const BROKEN = `apiVersion: v1
kind: RoomSpec
metadata: { name: x, version: 2 }
spec:
  roomId: ROOM
  entities:
    - { id: E-01, kind: agent, kindd: agent }
`;

story(
  "a spec that cannot be used",
  {
    rooms: "room-broken",
    files: { "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) },
  },
  (the) => {
    /** A verified room with three entities. */
    const aRoom = () => the.room({ entities: entityIds(3) }, 3);

    const BAD: readonly { readonly text: string; readonly place: string }[] = [
      { text: BROKEN, place: ":7:" },
      { text: "apiVersion: v1\nspec: {roomId: ROOM, entities: [", place: ":2:" },
      { text: "apiVersion: v1\nkind: RoomSpec\nmetadata: {version: 2}\nspec: {}\n", place: ":4:" },
      { text: "", place: ":1:1" },
      { text: "\u0000\u0001", place: ":1:" },
    ];

    it("leaves the spec before it in force, says where it is wrong, and delays no other room", async () => {
      const other = await aRoom();
      const broken: { room: RoomStory; text: string; place: string }[] = [];
      for (const { text, place } of BAD) {
        const room = await aRoom();
        broken.push({ room, text: text.replace("ROOM", room.id), place });
      }
      the.world.commit({
        ...Object.fromEntries(broken.map(({ room, text }) => [room.path, text])),
        [other.path]: specYaml({ roomId: other.id, version: 2, entities: entityIds(4) }),
      });
      await the.world.verified(other.id);
      for (const { room, place } of broken) {
        const status = await the.world.reason(room.id, "SpecInvalid");
        expect(status.headProblem?.message).to.include(`${room.path}${place}`);
        expect(status).to.include({ orphaned: false, source: "specs", path: room.path });
        const [source] = (await the.world.observed()).sources;
        expect(source?.specErrors.map(({ path }) => path)).to.include(room.path);
        expect(source?.heldBackBy).to.deep.include({ roomId: room.id, reason: "SpecInvalid" });
        await room.driftOut("E-02");
        await room.pass();
        expect(await room.entities()).to.deep.equal(entityIds(3));
        expect(await room.newWrites()).to.deep.equal(["join E-02"]);
        expect(await room.writesOfMorePasses()).to.deep.equal([]);
        expect(await room.conditions()).to.include.members([
          "Ready False SpecInvalid",
          "Stalled True SpecInvalid",
        ]);
      }
      for (const { room } of broken) room.commit({ version: 3, entities: entityIds(5) });
      for (const { room } of broken) {
        await room.pass();
        await the.world.verified(room.id);
        expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
        expect(await room.newWrites()).to.deep.equal(["join E-04", "join E-05"]);
        expect(await room.writesOfMorePasses()).to.deep.equal([]);
      }
      expect((await the.world.observed()).sources[0]).to.deep.include({
        specErrors: [],
        heldBackBy: [],
      });
    });

    it("of a new room is told by file; nothing of it is written, and it begins when mended", async () => {
      const room = new RoomStory(the.world, "room-broken-new");
      the.world.commit({ [room.path]: BROKEN.replace("ROOM", room.id) });
      const status = await the.world.reason(room.id, "SpecInvalid");
      expect(status.path).to.equal(room.path);
      expect(await room.newWrites()).to.deep.equal([]);
      await room.push({ version: 3, entities: ["E-01"] });
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    });

    it("is not touched by commits about other files: neither its row nor its dry run", async () => {
      const room = await aRoom();
      the.world.commit({ [room.path]: BROKEN.replace("ROOM", room.id) });
      await the.world.reason(room.id, "SpecInvalid");
      await room.say(`Not yet\n\nDry-Run: ${room.id}`);
      const before = await room.status();
      expect(before.dryRun).to.be.a("string");
      the.world.commit({
        "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor", version: 2 }),
      });
      await the.world.verified("room-anchor");
      await the.world.observed();
      expect(await room.status()).to.deep.equal(before);
      await room.push({ version: 3, entities: entityIds(3) });
    });

    it("of nobody knows which room keeps every other room of the source from being gone", async () => {
      const room = await aRoom();
      the.world.commit({ "rooms/mystery.room.yaml": "{[", [room.path]: null });
      const status = await the.world.reason(room.id, "SpecUnreadable");
      expect(status.headProblem?.message).to.include("rooms/mystery.room.yaml");
      expect(status).to.include({ orphaned: false });
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.entities(), "it is still enforced").to.deep.equal(entityIds(3));
      the.world.commit({ "rooms/mystery.room.yaml": null });
      await eventually("orphaned", async () => (await room.status()).orphaned);
    });

    it("goes on being enforced in the version before it over a restart", async () => {
      const room = await aRoom();
      the.world.commit({ [room.path]: BROKEN.replace("ROOM", room.id) });
      await the.world.reason(room.id, "SpecInvalid");
      await the.world.stop();
      await room.driftOut("E-03");
      await the.world.start();
      await eventually("corrected", async () => (await room.entities()).length === 3);
      expect((await room.status()).headProblem?.reason).to.equal("SpecInvalid");
      the.world.commit({ [room.path]: null });
      await eventually("orphaned", async () => (await room.status()).orphaned);
    });
  },
);
