import { expect } from "chai";
import { SIGNAL, valueOf } from "./forge-answers.ts";
import type { ForgeWorld, MadePullRequest } from "./forge-world.ts";

const MARKER = "<!-- room-operator:plan -->";

export function commentFacts(given: () => ForgeWorld): void {
  let pull: MadePullRequest;
  before(async () => {
    pull = await given().open({ files: { "comments.yaml": "1\n" } });
  });
  after(() => given().close(pull));

  const find = async (marker = MARKER) => {
    const ownId = given().person("agent").id;
    return valueOf(await given().forge.comments.find(pull.number, { marker, ownId }, SIGNAL));
  };
  const create = async (body: string) =>
    valueOf(await given().forge.comments.create(pull.number, body, SIGNAL));

  it("does not find a comment with the marker that somebody else wrote", async () => {
    await given().comment(pull, "bob", `${MARKER}\nplanted`);
    expect(await find()).to.equal(null);
  });

  it("writes a comment, finds it again, and edits it", async () => {
    const world = given();
    await world.comment(pull, "agent", `not ours: ${MARKER}`);
    const made = await create(`${MARKER}\nfirst, with ünïcode and \`code\``);
    expect(made.author).to.deep.equal(world.person("agent"));
    const body = `${MARKER}\nfirst, with ünïcode and \`code\``;
    expect(await find()).to.deep.equal({ ...made, body });
    expect(await world.commentText(pull, made.id)).to.equal(
      `${MARKER}\nfirst, with ünïcode and \`code\``,
    );
    const place = { number: pull.number, id: made.id };
    expect(valueOf(await world.forge.comments.edit(place, `${MARKER}\nsecond`, SIGNAL))).to.equal(
      true,
    );
    expect(await world.commentText(pull, made.id)).to.equal(`${MARKER}\nsecond`);
    await create(`${MARKER}\none more`);
    expect(await find()).to.deep.equal({ ...made, body: `${MARKER}\nsecond` });
  });

  it("says of a comment that was deleted that it is gone", async () => {
    const world = given();
    const made = await create("<!-- other -->\nfirst");
    await world.deleteComment(pull, made.id);
    const place = { number: pull.number, id: made.id };
    expect(valueOf(await world.forge.comments.edit(place, "second", SIGNAL))).to.equal(false);
    expect(await find("<!-- other -->")).to.equal(null);
  });

  it("keeps a long comment whole", async () => {
    const world = given();
    const body = `<!-- long -->\n${"a line of a plan\n".repeat(3500)}end`;
    const made = await create(body);
    expect(await world.commentText(pull, made.id)).to.equal(body);
  });

  it("knows its own account, or that it may not ask", async () => {
    const self = valueOf(await given().forge.comments.self(SIGNAL));
    if (self !== null) expect(self).to.deep.equal(given().person("agent"));
  });
}
