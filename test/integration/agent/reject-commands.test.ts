import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const ADA = { name: "Ada", email: "ada@example.org" };
const ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: ADA.name,
  GIT_AUTHOR_EMAIL: ADA.email,
  GIT_COMMITTER_NAME: ADA.name,
  GIT_COMMITTER_EMAIL: ADA.email,
};

story("the commands that reject a change", { rooms: "room-reject" }, (the) => {
  /** Refused: one commit removes eight of ten entities, and a later one renames one of those that stay. */
  async function refusedRoom(): Promise<RoomStory> {
    const room = await the.room({ version: 1, entities: entityIds(10) }, 10);
    room.commit({ version: 2, entities: entityIds(2) }, "Remove eight");
    const renamed = [{ id: "E-01", kind: "agent", displayName: "First" }, "E-02"];
    const answer = await room.push({ version: 3, entities: renamed }, "Rename one");
    expect(answer.status).to.equal(412);
    return room;
  }

  /** The command of a sentence that `howToConfirm` begins with this word. */
  async function commandOf(room: RoomStory, word: string): Promise<string> {
    const { howToConfirm } = await room.status();
    const command = new RegExp(`${word}: \`([^\`]+)\``).exec(howToConfirm ?? "")?.[1];
    expect(command, howToConfirm ?? "null").to.be.a("string");
    return command ?? "";
  }

  /** A clone of a person's own. */
  function cloneOf(name: string): string {
    const clone = join(the.world.folder, name);
    const { folder } = the.world.repository;
    execFileSync("git", ["clone", "-q", folder, clone], { env: ENV, stdio: "pipe" });
    return clone;
  }

  /** Runs a command in a clone as a person does; gives back its exit code. */
  function runIn(clone: string, command: string): number | null {
    const { status } = spawnSync("sh", ["-c", command], { cwd: clone, env: ENV });
    the.world.news.tell();
    return status;
  }

  it("end the refusal although a later commit changed the same file", async () => {
    const room = await refusedRoom();
    const command = await commandOf(room, "Reject");
    expect(runIn(cloneOf("first"), command)).to.equal(0);
    const answer = await room.pass();
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.refusals()).to.deep.equal([]);
    expect(await room.status()).to.include({ howToConfirm: null, needsPerson: null });
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(entityIds(10));
  });

  it("end the refusal of a version that a force-push lowered: the old revision is pushed again", async () => {
    const { repository } = the.world;
    const base = repository.head() ?? "";
    const room = await the.room({ version: 4, entities: entityIds(3) }, 3);
    const applied = repository.head() ?? "";
    const clone = cloneOf("kept");
    const lower = specYaml({ roomId: room.id, version: 3, entities: entityIds(4) });
    const forced = the.world.commit({ [room.path]: lower }, "Anew", { parents: [base] });
    await the.world.observed(forced);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["SpecVersionRegressed"]);
    const { howToConfirm } = await room.status();
    expect(howToConfirm).to.include(`Or raise metadata.version above 4 in ${room.path}`);
    expect(howToConfirm).not.to.include("Confirm removals");
    const command = /: `(git push --force[^`]*)`/.exec(howToConfirm ?? "")?.[1] ?? "false";
    expect(runIn(clone, command)).to.equal(0);
    await the.world.observed(applied);
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    expect(await room.refusals()).to.deep.equal([]);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("take back one file alone where its name is a pattern", async () => {
    const other = await the.room({ version: 1, entities: entityIds(2) }, 2);
    const id = `${other.id}-any`;
    const room = new RoomStory(the.world, id, "rooms/*.room.yaml");
    room.commit({ version: 1, entities: entityIds(10) });
    await the.world.verified(id);
    other.commit({ version: 2, entities: entityIds(3) });
    expect((await room.push({ version: 2, entities: entityIds(2) })).status).to.equal(412);
    expect(runIn(cloneOf("pattern"), await commandOf(room, "Reject"))).to.equal(0);
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    const text = (path: string) => the.world.repository.git("show", `main:${path}`);
    expect(text(room.path)).to.include("version: 1");
    expect(text(other.path)).to.include("version: 2");
  });

  it("push nothing when they are run twice", async () => {
    const room = await refusedRoom();
    const command = await commandOf(room, "Reject");
    expect(runIn(cloneOf("once"), command)).to.equal(0);
    const head = the.world.repository.head();
    expect(runIn(cloneOf("twice"), command)).not.to.equal(0);
    expect(the.world.repository.head()).to.equal(head);
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([]);
  });
});
