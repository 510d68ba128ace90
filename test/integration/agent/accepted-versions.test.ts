import { expect } from "chai";
import type { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { ALL, WaitingRoom } from "./waiting-room.ts";

/** A lower version that was accepted, and not applied because its room is suspended, ends as a confirmation of removals does. */
describe("an accepted lower version that waits", function () {
  this.timeout(60_000);
  let the: WaitingRoom;
  let world: AgentWorld;
  let base: string;

  const MORE = [...ALL, "E-09"];

  beforeEach(async () => {
    the = await WaitingRoom.create();
    ({ world } = the);
    await the.resume();
    base = the.room.commit({ version: 3, entities: ALL }, "Three");
    await world.verified(the.room.id, base);
    await the.suspend();
  });

  afterEach(() => world.remove());

  const low = () => the.spec(1, MORE);

  function commit(text: string | null, message: string, parents?: readonly string[]): string {
    const files = text === null ? {} : { [the.room.path]: text };
    return world.repository.commit(files, { message, ...(parents && { parents: [...parents] }) });
  }

  /** Of commits that came at once. */
  async function pushed(oid: string): Promise<void> {
    world.news.tell();
    await world.observed(oid);
  }

  async function accept(): Promise<string> {
    const oid = commit(low(), `Lower\n\nConfirm: ${the.room.id}`, [base]);
    await pushed(oid);
    return oid;
  }

  async function isRefused(why: RegExp): Promise<void> {
    const found = await eventually("it is on record", async () => {
      const records = await the.room.audit("confirmation.withdrawn");
      return records.length > 0 ? records : undefined;
    });
    expect(found.map(({ metadata }) => metadata["lifted"])).to.deep.equal([
      ["SpecVersionRegressed"],
    ]);
    expect(found[0]?.metadata["message"]).to.match(why);
    const lines = world.lines.filter((line) => line.includes('"confirmation withdrawn"'));
    expect(lines).to.have.length(1);
    await the.resume();
    expect((await the.room.pass()).status).to.equal(412);
    expect(await the.room.refusals()).to.deep.equal(["SpecVersionRegressed"]);
    expect(await the.room.entities()).to.deep.equal(ALL);
  }

  async function isApplied(): Promise<void> {
    await the.resume();
    await eventually("it is applied", async () => (await the.room.entities()).length === 5);
    expect(await the.room.audit("confirmation.withdrawn")).to.deep.equal([]);
  }

  it("is applied, over a restart and commits that leave the file alone", async () => {
    await accept();
    await pushed(world.repository.commit({ "README.md": "more" }, { message: "Say more" }));
    await world.stop();
    await world.start();
    await isApplied();
  });

  it("ends where its commit is amended", async () => {
    await accept();
    await pushed(commit(low(), "Lower, not yet", [base]));
    await isRefused(/^its commit is not on the branch any more/);
  });

  it("ends where its empty commit is dropped", async () => {
    const lower = commit(low(), "Lower", [base]);
    await pushed(lower);
    await pushed(commit(null, `Go\n\nConfirm: ${the.room.id}`, [lower]));
    await world.stop();
    await world.start();
    await pushed(commit(null, "Not yet", [lower]));
    await isRefused(/^its commit is not on the branch any more/);
  });

  it("ends where one push brings another version and then the very same file", async () => {
    await accept();
    commit(the.spec(4, ALL), "Four");
    await pushed(commit(low(), "Lower again"));
    await isRefused(/^commit [0-9a-f]{12} changed the room's file since/);
  });

  it("ends where one push brings another version and the next one the very same file", async () => {
    await accept();
    await pushed(commit(the.spec(4, ALL), "Four"));
    await pushed(commit(low(), "Lower again"));
    await isRefused(/^it was given for another spec of the room/);
  });

  it("ends where the room loses its file and gets the very same one again", async () => {
    await accept();
    await the.observed(world.commit({ [the.room.path]: null }, "Give it up"));
    await world.reason(the.room.id, "Orphaned");
    await the.observed(world.commit({ [the.room.path]: low() }, "Take it again"));
    await the.take("specs");
    await isRefused(/^the room lost its spec/);
  });

  it("ends where its source begins again under another name", async () => {
    await accept();
    await world.stop();
    await world.start({ Git__Sources__0__Name: "renamed" });
    await the.take("renamed");
    await isRefused(/^it cannot be shown that its commit is on the branch/);
  });

  it("is applied where only a later commit is taken away", async () => {
    const lower = await accept();
    await pushed(world.repository.commit({ "README.md": "more" }, { message: "Say more" }));
    const less = { message: "Say less", parents: [lower] };
    await pushed(world.repository.commit({ "README.md": "less" }, less));
    await isApplied();
  });

  it("is applied where only a merged branch changed the file to and fro", async () => {
    const lower = await accept();
    const side = (text: string, message: string, parent: string) =>
      world.repository.commit(
        { [the.room.path]: text },
        { message, parents: [parent], branch: "side" },
      );
    const again = side(low(), "Lower again", side(the.spec(4, ALL), "Four", lower));
    const merge = { message: "Merge side", parents: [lower, again], branch: "work" };
    const merged = world.repository.commit({ "README.md": specYaml({ roomId: "x" }) }, merge);
    world.repository.forceBranch(merged);
    await pushed(merged);
    await isApplied();
  });
});
