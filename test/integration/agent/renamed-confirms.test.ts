import { expect } from "chai";
import type { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { ALL, ONE, WaitingRoom } from "./waiting-room.ts";

/** A source that begins again, under another name or at another place, has to have the commits of what was confirmed before. */
describe("a confirmation that waits while its source begins again", function () {
  this.timeout(60_000);
  let the: WaitingRoom;
  let world: AgentWorld;

  const RENAMED = { Git__Sources__0__Name: "renamed" };
  const NOT_SHOWN = /^it cannot be shown that its commit is on the branch/;
  const BACK = /^commit [0-9a-f]{12} gave back what it covers/;

  beforeEach(async () => {
    the = await WaitingRoom.create();
    ({ world } = the);
    await the.shrink();
  });

  afterEach(() => world.remove());

  /** What people push while the agent does not run. */
  function push(text: string, message: string, parent = world.repository.head() ?? ""): void {
    world.repository.commit({ [the.room.path]: text }, { message, parents: [parent] });
  }

  function amend(): void {
    push(the.spec(2, ONE), "Shrink, not yet", world.repository.git("rev-parse", "main~1").trim());
  }

  function giveBackAndTakeOut(): void {
    push(the.spec(3, ALL), "Stop");
    push(the.spec(2, ONE), "Out again");
  }

  async function startAgain(env: Readonly<Record<string, string>>, source: string): Promise<void> {
    await world.start(env);
    await the.take(source);
  }

  it("does not count under another name where its commit was amended", async () => {
    await world.stop();
    amend();
    await startAgain(RENAMED, "renamed");
    await the.isSaid(NOT_SHOWN);
    await the.isRefused();
  });

  it("does not count under another name where one push gave back and took out again", async () => {
    await world.stop();
    giveBackAndTakeOut();
    await startAgain(RENAMED, "renamed");
    await the.isSaid(BACK);
    await the.isRefused();
  });

  it("counts under another name where later commits left its items alone", async () => {
    await world.stop();
    world.repository.commit({ "README.md": "more" }, { message: "Say more" });
    world.repository.commit({ "README.md": "much more" }, { message: "Say much more" });
    await startAgain(RENAMED, "renamed");
    await the.isCarriedOut();
  });

  it("does not count where its commit is amended while Path is wrong", async () => {
    const elsewhere = { "elsewhere/z.room.yaml": specYaml({ roomId: "room-else" }) };
    await world.stop();
    await world.start({ Git__Sources__0__Path: "elsewhere" });
    await eventually("it has no spec left", async () => {
      const { sources } = await world.status();
      return sources.some(({ lastError }) => lastError?.reason === "SourceEmptied");
    });
    await world.stop();
    amend();
    world.repository.commit(elsewhere, { message: "Elsewhere" });
    await startAgain({ Git__Sources__0__Path: "." }, "specs");
    await the.isSaid(NOT_SHOWN);
    await the.isRefused();
  });

  it("does not count where a push gave back and took out again while Path was wrong", async () => {
    await world.stop();
    world.commit({ "elsewhere/z.room.yaml": specYaml({ roomId: "room-else" }) });
    await world.start({ Git__Sources__0__Path: "elsewhere" });
    await world.reason(the.room.id, "SourceChanged");
    giveBackAndTakeOut();
    await world.observed();
    expect(await the.room.audit("confirmation.withdrawn")).to.deep.equal([]);
    await world.stop();
    await startAgain({ Git__Sources__0__Path: "." }, "specs");
    await the.isSaid(BACK);
    await the.isRefused();
  });

  it("of a request does not count under another name where one push gave back and took out again", async () => {
    await world.stop();
    await world.start();
    push(the.spec(3, ["E-04"]), "Another one");
    world.news.tell();
    await world.observed();
    await the.faulty(true);
    await the.resume();
    await the.room.pass({ "X-Confirm": "true" });
    const confirmed = await the.room.audit("confirm");
    expect(confirmed.at(-1)?.metadata).to.not.have.property("commit");
    await world.stop();
    push(the.spec(4, ALL), "Stop");
    push(the.spec(3, ["E-04"]), "Out again");
    await startAgain(RENAMED, "renamed");
    await the.faulty(false);
    expect((await the.room.pass()).status).to.equal(412);
    expect(await the.room.entities()).to.deep.equal(ALL);
  });
});
