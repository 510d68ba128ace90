import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const ALL = entityIds(4);
const ONE = entityIds(1);

story("a Confirm that names a room of which nothing is refused", { rooms: "room-use" }, (the) => {
  afterEach(() => setFaults(the.world.roomServerUrl));

  const aRoom = () => the.room({ entities: ALL }, ALL.length);

  /** Where the room says so, alone. */
  async function isSaid(room: RoomStory, commit: string, why: RegExp): Promise<void> {
    const [first, ...others] = await eventually("the room says so", async () => {
      const { intentIgnored } = await room.status();
      return intentIgnored.length > 0 ? intentIgnored : undefined;
    });
    expect(others).to.deep.equal([]);
    expect(first).to.deep.include({ commit, line: `Confirm: ${room.id}` });
    expect(first?.reason).to.match(why);
    const records = await room.audit("intent.ignored");
    expect(records.map(({ metadata }) => metadata["detail"])).to.deep.equal([first?.reason]);
    const isLogged = (line: string) =>
      line.includes('"intent ignored"') && line.includes(commit) && line.includes(room.id);
    expect(the.world.lines.filter(isLogged)).to.have.length(1);
  }

  it("says that the room could not be planned, since when, and what to do", async () => {
    const room = await aRoom();
    const down = { kind: "status", operation: "state", status: 503, room: room.id } as const;
    await setFaults(the.world.roomServerUrl, down);
    await room.push({ version: 2, entities: ONE }, "Shrink");
    const confirm = the.world.commit({}, `Go\n\nConfirm: ${room.id}`);
    await the.world.observed(confirm);
    const why = /no plan of the room's newest spec yet \([A-Za-z]+ since \d{4}-.*Say it again once/;
    await isSaid(room, confirm, why);
    await setFaults(the.world.roomServerUrl);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(ALL);
    const { body } = await the.world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    const ignored = body.blockedBy.find(({ reason }) => reason === "IntentIgnored");
    expect(ignored?.message).to.match(why);
    expect((await room.say(`Go\n\nConfirm: ${room.id}`)).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(ONE);
    expect((await room.status()).intentIgnored).to.deep.equal([]);
  });

  it("does not cover what the newest spec names again, though an older one was refused", async () => {
    const room = await aRoom();
    await room.push({ version: 2, entities: ONE }, "Shrink");
    const down = { kind: "status", operation: "state", status: 503, room: room.id } as const;
    await setFaults(the.world.roomServerUrl, down);
    await room.push({ version: 3, entities: ALL }, "Stop");
    const confirm = the.world.commit({}, `Go\n\nConfirm: ${room.id}`);
    await the.world.observed(confirm);
    await isSaid(room, confirm, /no plan of the room's newest spec yet/);
    room.commit({ version: 4, entities: ONE }, "Shrink, not confirmed");
    await the.world.observed();
    await setFaults(the.world.roomServerUrl);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(ALL);
  });

  it("says that nothing of a room that is at head was refused", async () => {
    const room = await aRoom();
    const confirm = the.world.commit({}, `Go\n\nConfirm: ${room.id}`);
    await the.world.observed(confirm);
    await isSaid(room, confirm, /^it confirms no removal: nothing of the room was refused/);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
  });

  it("says so where a later commit of the same push takes something out", async () => {
    const room = await aRoom();
    const { repository } = the.world;
    const first = { message: `Go\n\nConfirm: ${room.id}`, branch: "work" };
    const confirm = repository.commit({}, { ...first, parents: [repository.head() ?? ""] });
    const files = { [room.path]: specYaml({ roomId: room.id, version: 2, entities: ONE }) };
    const shrink = { message: "Shrink", branch: "work", parents: [confirm] };
    repository.forceBranch(repository.commit(files, shrink));
    expect((await room.pass()).status).to.equal(412);
    await isSaid(room, confirm, /nothing of the room was refused/);
  });

  it("says so of a commit that changes the room's file and removes nothing", async () => {
    const room = await aRoom();
    const commit = room.commit(
      { version: 2, entities: entityIds(5) },
      `Add\n\nConfirm: ${room.id}`,
    );
    await isSaid(room, commit, /^it confirms no removal: nothing of the room was refused/);
    await eventually("it is there", async () => (await room.entities()).length === 5);
    await room.push({ version: 3, entities: entityIds(6) }, "Add");
    expect((await room.status()).intentIgnored).to.deep.equal([]);
  });

  it("says so of a commit that brings a room's file back", async () => {
    const room = await aRoom();
    await the.world.observed(the.world.commit({ [room.path]: null }, "Give it up"));
    await the.world.reason(room.id, "Orphaned");
    const commit = room.commit({ version: 2, entities: ONE }, `Take it\n\nConfirm: ${room.id}`);
    await isSaid(room, commit, /^it confirms no removal: the commit brings the room's file/);
    await the.world.reason(room.id, "ChangeThresholdExceeded");
    expect(await room.entities()).to.deep.equal(ALL);
    const { body } = await the.world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body.blockedBy.map(({ reason }) => reason)).to.include("IntentIgnored");
  });

  it("says nothing where it ends a dry run, covers what is refused, removes something or lowers the version", async () => {
    const room = await aRoom();
    await room.push({ version: 2, entities: entityIds(5) }, "Add\n\nDry-Run: true");
    await room.say(`Go\n\nConfirm: ${room.id}`);
    await eventually("it is there", async () => (await room.entities()).length === 5);
    await room.push({ version: 3, entities: ONE }, "Shrink");
    await room.say(`Go\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(ONE);
    await room.push({ version: 5, entities: entityIds(5) }, "Add");
    await room.push({ version: 6, entities: ONE }, `Shrink\n\nConfirm: ${room.id}`);
    await room.push({ version: 4, entities: entityIds(2) }, `Lower\n\nConfirm: ${room.id}`);
    await the.world.reason(room.id, "Converged");
    expect(await room.entities()).to.deep.equal(entityIds(2));
    await room.push({ version: 5, entities: ALL }, `Try\n\nDry-Run: true`);
    await room.push({ version: 6, entities: ALL }, `Go\n\nConfirm: ${room.id}`);
    expect(await room.audit("intent.ignored")).to.deep.equal([]);
    expect((await room.status()).intentIgnored).to.deep.equal([]);
  });
});
