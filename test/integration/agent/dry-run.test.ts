import { expect } from "chai";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story("a dry run", { rooms: "room-dry" }, (the) => {
  /** A verified room with so many entities. */
  const aRoom = (entities: number) => the.room({ entities: entityIds(entities) }, entities);

  describe("by commit", () => {
    it("publishes its plan and what would be refused, and writes nothing", async () => {
      const room = await aRoom(4);
      const answer = await room.push(
        { version: 2, entities: ["E-01", "E-05"] },
        "Try this\n\nDry-Run: true",
      );
      expect(answer.status).to.equal(200);
      expect(answer.body).to.include({ outcome: "planned", phase: "PRE_CHECKS" });
      const status = await room.status();
      expect(status.pendingDiff).to.deep.include({
        toJoin: ["E-05"],
        toKick: ["E-02", "E-03", "E-04"],
      });
      expect(status.refusals.map(({ reason }) => reason)).to.deep.equal([
        "ChangeThresholdExceeded",
      ]);
      expect(status.dryRun).to.equal(the.world.repository.head());
      expect(await room.conditions()).to.include("Ready False DryRun");
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      expect(await room.entities()).to.deep.equal(entityIds(4));
      expect(await room.audit("room.planned")).to.not.be.empty;
      const [source] = (await the.world.status()).sources;
      expect(source?.heldBackBy).to.deep.include({ roomId: room.id, reason: "DryRun" });
      await room.pass({ "X-Confirm": "true" });
    });

    it("leaves the spec before it in force: drift goes on being corrected", async () => {
      const room = await aRoom(4);
      await room.push({ version: 2, entities: ["E-01", "E-09"] }, "Try this\n\nDry-Run: true");
      await room.driftOut("E-02");
      await room.pass();
      expect(await room.newWrites()).to.deep.equal(["join E-02"]);
      expect(await room.entities()).to.deep.equal(entityIds(4));
      expect((await room.status()).pendingDiff?.toJoin).to.deep.equal(["E-09"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("is what a request is answered that did not ask for it, with the way out", async () => {
      const room = await aRoom(4);
      const { body } = await room.push({ version: 2, entities: ["E-01"] }, "Try\n\nDry-Run: true");
      const commit = the.world.repository.head();
      expect(body).to.include({
        reason: "DryRun",
        message:
          `commit ${commit} asks for a dry run; its plan is in pendingDiff and not carried out. To carry it out, send the same request ` +
          `with X-Confirm: ${String(body["planDigest"])}, or write the trailer \`Confirm: ${room.id}\` in a new commit`,
      });
      const dry = await room.pass({ "X-Dry-Run": "true" });
      expect(dry.body).to.include({ outcome: "planned", reason: null, message: null });
      const done = await room.pass({ "X-Confirm": String(body["planDigest"]) });
      expect(done.body).to.include({ outcome: "converged", reason: null, message: null });
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });

    it("ends when a later commit touches the room without it", async () => {
      const room = await aRoom(2);
      await room.push({ version: 2, entities: entityIds(3) }, "Try this\n\nDry-Run: true");
      const answer = await room.push({ version: 3, entities: entityIds(4) });
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await room.entities()).to.deep.equal(entityIds(4));
      expect((await room.status()).dryRun).to.equal(null);
    });

    it("goes on when a later commit touches something else", async () => {
      const room = await aRoom(2);
      await room.push({ version: 2, entities: entityIds(3) }, "Try this\n\nDry-Run: true");
      the.world.commit({ "README.md": `not about ${room.id}` });
      expect((await room.pass()).body).to.include({ outcome: "planned" });
      expect(await room.entities()).to.deep.equal(entityIds(2));
      await room.pass({ "X-Confirm": "true" });
    });

    it("ends with a later `Confirm: <roomId>`, which covers what it would have refused", async () => {
      const room = await aRoom(4);
      await room.push({ version: 2, entities: ["E-01"] }, "Try this\n\nDry-Run: true");
      const answer = await room.say(`Do it\n\nConfirm: ${room.id}`);
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await room.entities()).to.deep.equal(["E-01"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("ends with X-Confirm, which covers what it would have refused", async () => {
      const room = await aRoom(4);
      await room.push({ version: 2, entities: ["E-01"] }, "Try this\n\nDry-Run: true");
      const answer = await room.pass({ "X-Confirm": "true" });
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await room.entities()).to.deep.equal(["E-01"]);
      expect((await room.status()).dryRun).to.equal(null);
    });

    it("wins over a `Confirm` in the same commit, which is reported", async () => {
      const room = await aRoom(4);
      const answer = await room.push(
        { version: 2, entities: ["E-01"] },
        "Try this\n\nDry-Run: true\nConfirm: true",
      );
      expect(answer.body).to.include({ outcome: "planned" });
      expect((await room.status()).intentIgnored.map(({ line }) => line)).to.deep.equal([
        "Confirm: true",
      ]);
      expect((await room.push({ version: 3, entities: ["E-01"] })).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(entityIds(4));
      await room.pass({ "X-Confirm": "true" });
    });

    it("holds for a room that a commit only names, and drift is corrected all the while", async () => {
      const room = await aRoom(3);
      const answer = await room.say(`Hands off\n\nDry-Run: ${room.id}`);
      expect(answer.body).to.include({ outcome: "planned" });
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.entities()).to.deep.equal(entityIds(3));
      await room.pass({ "X-Confirm": "true" });
      expect(await room.conditions()).to.include("Ready True Converged");
    });

    it("of a room that was never in force is observed only", async () => {
      const room = new RoomStory(the.world, "room-dry-new");
      const answer = await room.push({ entities: entityIds(2) }, "Try a room\n\nDry-Run: true");
      expect(answer.body).to.include({ outcome: "planned" });
      expect((await room.status()).pendingDiff?.toJoin).to.deep.equal(entityIds(2));
      await room.driftIn("E-09");
      await room.pass();
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.entities()).to.deep.equal(["E-09"]);
      await room.pass({ "X-Confirm": "true" });
      expect(await room.entities()).to.deep.equal(entityIds(2));
    });
  });

  describe("by X-Dry-Run", () => {
    it("answers the plan and leaves room and status as they were", async () => {
      const room = await aRoom(3);
      await room.driftOut("E-02");
      const before = await room.status();
      const answer = await the.world.apply(
        { roomId: room.id },
        { "X-Dry-Run": "true", "X-Confirm": "true" },
      );
      expect(answer.status).to.equal(200);
      expect(answer.body).to.deep.include({ outcome: "planned" });
      expect(answer.body["diff"]).to.deep.include({ toJoin: ["E-02"] });
      expect(await room.newWrites()).to.deep.equal([]);
      const after = await room.status();
      expect({ ...after, isReconciling: false }).to.deep.equal({ ...before, isReconciling: false });
    });

    it("of a posted spec leaves no trace of a room that nobody knows", async () => {
      const spec = specYaml({ roomId: "room-imagined", entities: ["E-01"] });
      const answer = await the.world.applyYaml(spec, { "X-Dry-Run": "true" });
      expect(answer.status).to.equal(200);
      expect(answer.body["diff"]).to.deep.include({ toJoin: ["E-01"] });
      const known = new RoomStory(the.world, "room-dry-1");
      await known.pass();
      await known.pass();
      expect((await the.world.get("/status/rooms/room-imagined")).status).to.equal(404);
      expect(await the.world.writes("room-imagined")).to.deep.equal([]);
    });

    it("of a spec for a room of git needs X-Override and changes nothing there", async () => {
      const room = await aRoom(2);
      const spec = specYaml({ roomId: room.id, entities: entityIds(5) });
      expect((await the.world.applyYaml(spec, { "X-Dry-Run": "true" })).status).to.equal(409);
      const answer = await the.world.applyYaml(spec, { "X-Dry-Run": "true", "X-Override": "true" });
      expect(answer.body["diff"]).to.deep.include({ toJoin: ["E-03", "E-04", "E-05"] });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      expect(await room.status()).to.include({ overridden: false, specVersion: 1 });
    });
  });
});
