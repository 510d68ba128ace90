import { expect } from "chai";
import { setFaults } from "../../support/devserver-client.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story("a confirmation that was not needed", { rooms: "room-unneeded" }, (the) => {
  afterEach(async () => {
    await setFaults(the.world.roomServerUrl);
  });

  /** A verified room with so many entities. */
  const aRoom = (entities: number) => the.room({ entities: entityIds(entities) }, entities);

  const six = entityIds(6, 2);

  it("is spent once the room is as its spec says", async () => {
    const room = await aRoom(7);
    await room.driftOut(...six);
    await room.push({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await the.world.verified(room.id);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when it names the room, also after a restart", async () => {
    const room = await aRoom(7);
    await room.driftOut(...six);
    await room.push({ version: 2, entities: ["E-01"] }, `Shrink\n\nConfirm: ${room.id}`);
    await the.world.stop();
    await the.world.start();
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when drift that it names left by itself", async () => {
    const room = await aRoom(1);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    await room.driftOut(...six);
    expect((await room.say(`Out\n\nConfirm: ${room.id}`)).status).to.equal(200);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when it came with a request and others did the work", async () => {
    const room = await aRoom(7);
    expect((await room.push({ version: 2, entities: ["E-01"] })).status).to.equal(412);
    const down = { kind: "status", operation: "kick", status: 503, room: room.id } as const;
    await setFaults(the.world.roomServerUrl, down);
    await room.pass({ "X-Confirm": "true" });
    await room.driftOut(...six);
    await setFaults(the.world.roomServerUrl);
    await the.world.verified(room.id);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });
});
