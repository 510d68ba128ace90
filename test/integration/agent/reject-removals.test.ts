import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import type { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";
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

story("the command that rejects removals", { rooms: "room-reject" }, (the) => {
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

  /** Runs a command as a person does, in a clone of their own; gives back its exit code. */
  function runInClone(command: string, name: string): number | null {
    const clone = join(the.world.folder, name);
    const { folder } = the.world.repository;
    execFileSync("git", ["clone", "-q", folder, clone], { env: ENV, stdio: "pipe" });
    const { status } = spawnSync("sh", ["-c", command], { cwd: clone, env: ENV });
    the.world.news.tell();
    return status;
  }

  it("ends the refusal although a later commit changed the same file", async () => {
    const room = await refusedRoom();
    const command = await commandOf(room, "Reject");
    expect(runInClone(command, "first")).to.equal(0);
    const answer = await room.pass();
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.refusals()).to.deep.equal([]);
    expect(await room.status()).to.include({ howToConfirm: null, needsPerson: null });
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(entityIds(10));
  });

  it("pushes nothing when it is run twice", async () => {
    const room = await refusedRoom();
    const command = await commandOf(room, "Reject");
    expect(runInClone(command, "once")).to.equal(0);
    const head = the.world.repository.head();
    expect(runInClone(command, "twice")).not.to.equal(0);
    expect(the.world.repository.head()).to.equal(head);
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([]);
  });
});
