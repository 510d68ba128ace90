import { expect } from "chai";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const HOUR_MS = 3_600_000;

story("a confirmation", { rooms: "room-yes", setsClock: true }, (the) => {
  afterEach(async () => {
    await setFaults(the.world.roomServerUrl);
  });

  /** A verified room with so many entities. */
  const aRoom = (entities: number) => the.room({ entities: entityIds(entities) }, entities);

  it("works once: the same entities joined again by somebody else need a new one", async () => {
    const room = await aRoom(4);
    await room.push({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.verified(room.id);
    await room.newWrites();
    await room.driftIn("E-02", "E-03", "E-04");
    const answer = await room.pass();
    expect(answer.status).to.equal(412);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("covers no other items than those its commit takes out", async () => {
    const room = await aRoom(3);
    const foreign = ["E-05", "E-06", "E-07", "E-08"];
    await room.driftIn(...foreign);
    const answer = await room.push(
      { version: 2, entities: entityIds(2) },
      "Shrink by one\n\nConfirm: true",
    );
    expect(answer.status, "4 of 7 are not confirmed").to.equal(412);
    const [refusal] = (await room.status()).refusals;
    expect(refusal?.items).to.deep.equal(foreign.map((id) => `entity/${id}`));
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("leaves what it does not cover the share that needs none", async () => {
    const room = await aRoom(7);
    await room.driftIn("E-08", "E-09");
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.verified(room.id);
    expect(await room.entities()).to.deep.equal(["E-01"]);
    expect(await room.newWrites()).to.have.length(8);
  });

  it("is not repeated by a revert that repeats the trailer", async () => {
    const room = await aRoom(4);
    await room.push({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await room.push({ version: 3, entities: entityIds(4) });
    const answer = await room.push(
      { version: 4, entities: ["E-01"] },
      'Reapply "Shrink"\n\nThis reverts commit 1234567.\n\nConfirm: true',
    );
    expect(answer.status).to.equal(412);
    expect((await room.status()).intentIgnored.map(({ line }) => line)).to.deep.equal([
      "Confirm: true",
    ]);
    expect(await room.entities()).to.deep.equal(entityIds(4));
    expect((await room.say(`Meant so\n\nConfirm: ${room.id}`)).status).to.equal(200);
    expect((await room.status()).intentIgnored, "a later one counted").to.deep.equal([]);
  });

  it("is spent when its items come back: taking them out later needs a new one", async () => {
    const room = await aRoom(4);
    await setFaults(the.world.roomServerUrl, {
      kind: "status",
      operation: "kick",
      status: 503,
      room: room.id,
    });
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.reason(room.id, "RoomServerUnavailable");
    await room.push({ version: 3, entities: entityIds(4) }, "Take that back");
    await setFaults(the.world.roomServerUrl);
    const answer = await room.push({ version: 4, entities: ["E-01"] }, "Shrink after all");
    expect(answer.status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("goes on where it was when the agent restarts between its batches", async () => {
    const room = await aRoom(12);
    await setFaults(the.world.roomServerUrl, {
      kind: "latency",
      operation: "kick",
      ms: 40,
      room: room.id,
    });
    room.commit({ version: 2, entities: [] }, "Empty the room\n\nConfirm: true");
    await eventually("the second batch has begun", async () => (await room.entities()).length < 7);
    await the.world.stop();
    const left = await room.entities();
    expect(left).to.have.length.above(0).and.below(7);
    await setFaults(the.world.roomServerUrl);
    await the.world.start();
    await the.world.verified(room.id);
    expect(await room.entities()).to.deep.equal([]);
    expect(await room.newWrites(), "no kick was sent twice").to.have.length(12);
    expect(await room.audit("confirm")).to.have.length(1);
    await room.driftIn("E-01", "E-02");
    expect((await room.pass()).status, "all of it is used up").to.equal(412);
  });

  it("does not count any more when it has expired before it was used", async () => {
    const room = await aRoom(4);
    await setFaults(the.world.roomServerUrl, {
      kind: "status",
      operation: "kick",
      status: 503,
      room: room.id,
    });
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.reason(room.id, "RoomServerUnavailable");
    the.world.passedMs += 25 * HOUR_MS;
    // A pass that began before that may still use it: it comes to nothing.
    expect((await room.pass()).status).to.equal(412);
    await setFaults(the.world.roomServerUrl);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("holds as long as ExpireHours says", async () => {
    const room = await aRoom(4);
    await the.world.stop();
    await the.world.start({ Operator__Confirmations__ExpireHours: "48" });
    await setFaults(the.world.roomServerUrl, {
      kind: "status",
      operation: "kick",
      status: 503,
      room: room.id,
    });
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.reason(room.id, "RoomServerUnavailable");
    the.world.passedMs += 25 * HOUR_MS;
    await setFaults(the.world.roomServerUrl);
    expect((await room.pass()).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(["E-01"]);
  });

  describe("by name", () => {
    it("covers what was being refused in the rooms it lists, whatever its commit touches, and in no other", async () => {
      const one = await aRoom(4);
      const two = await aRoom(4);
      const other = await aRoom(4);
      await one.push({ version: 2, entities: ["E-01"] });
      await two.push({ version: 2, entities: ["E-02"] });
      await other.push({ version: 2, entities: ["E-03"] });
      the.world.commit(
        { "README.md": "both are smaller" },
        `Say so\n\nConfirm: ${one.id}, ${two.id}`,
      );
      expect((await one.pass()).status).to.equal(200);
      expect((await two.pass()).status).to.equal(200);
      expect([await one.entities(), await two.entities()]).to.deep.equal([["E-01"], ["E-02"]]);
      expect((await other.pass()).status).to.equal(412);
      expect(await other.entities()).to.deep.equal(entityIds(4));
      const answer = await other.say(`Yes, shrink it\n\nConfirm: ${other.id}`);
      expect(answer.status).to.equal(200);
      expect(await other.entities()).to.deep.equal(["E-03"]);
      expect((await other.status()).refusals).to.deep.equal([]);
      expect(await other.writesOfMorePasses()).to.deep.equal([]);
    });

    it("in the same push as the removal covers it", async () => {
      const room = await aRoom(4);
      room.commit({ version: 2, entities: ["E-01"] }, "Shrink");
      const answer = await room.say(`Yes\n\nConfirm: ${room.id}`);
      expect(answer.status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });

    it("said before the removal covers nothing of it", async () => {
      const room = await aRoom(4);
      await room.say(`Too early\n\nConfirm: ${room.id}`);
      expect((await room.push({ version: 2, entities: ["E-01"] })).status).to.equal(412);
    });

    it("covers drift that was being refused, and only once", async () => {
      const room = await aRoom(1);
      await room.driftIn("E-02", "E-03");
      expect((await room.pass()).status).to.equal(412);
      expect((await room.say(`Out\n\nConfirm: ${room.id}`)).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-01"]);
      await room.driftIn("E-02", "E-03");
      expect((await room.pass()).status).to.equal(412);
    });
  });

  describe("by X-Confirm", () => {
    it("covers what is being refused, in no other room, and nothing that comes later", async () => {
      const room = await aRoom(4);
      const other = await aRoom(4);
      await room.push({ version: 2, entities: ["E-01"] });
      await other.push({ version: 2, entities: ["E-01"] });
      expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(200);
      expect((await other.pass()).status).to.equal(412);
      await room.driftIn("E-02", "E-03", "E-04");
      expect((await room.pass()).status).to.equal(412);
      const [record] = await room.audit("confirm");
      expect(record).to.deep.include({ type: "command" });
      expect(record?.metadata["items"]).to.deep.equal([
        "entity/E-02",
        "entity/E-03",
        "entity/E-04",
      ]);
    });

    it("goes on in batches that no further request is needed for", async () => {
      const room = await aRoom(13);
      await room.push({ version: 2, entities: [] });
      const answer = await room.pass({ "X-Confirm": "true" });
      expect(answer.body).to.include({
        partialSuccess: true,
        reason: "Batch",
        message: "Removing: 5 of 13 done, 8 left",
      });
      await the.world.verified(room.id);
      expect(await room.entities()).to.deep.equal([]);
    });
  });
});
