import { expect } from "chai";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story("a line that looks like Dry-Run", { rooms: "room-alike" }, (the) => {
  /** A verified room with six entities. */
  const aRoom = () => the.room({ entities: entityIds(6) }, 6);

  const SMALLER = { version: 2, entities: entityIds(5) };
  /** More of them are a table: `test/unit/intent/dry-run-look-alikes.test.ts`. */
  const MESSAGES = [
    { name: "in the wrong case", message: "Shrink\n\ndry-run: true" },
    { name: "without a colon", message: "Shrink\n\nDry-Run true" },
    { name: "that names no room", message: "Shrink\n\nDry-Run: room-alik" },
    { name: "in a message of 70 kB", message: `Shrink\n\n${"x".repeat(70_000)}\n\nDry-Run: true` },
  ];
  for (const { name, message } of MESSAGES) {
    it(`holds the room that the commit touches: ${name}`, async () => {
      const room = await aRoom();
      const answer = await room.push(SMALLER, message);
      expect(answer.body).to.include({ outcome: "planned", reason: "DryRunLookAlike" });
      const said = String(answer.body["message"]);
      expect(said).to.include(`X-Confirm: ${String(answer.body["planDigest"])}`);
      expect(said.split(`Confirm: ${room.id}`)).to.have.length(2);
      expect(await room.entities()).to.deep.equal(entityIds(6));
      const { conditions, pendingDiff } = await room.status();
      const ready = conditions.find(({ type }) => type === "Ready");
      expect(ready).to.include({ status: "False", reason: "DryRunLookAlike" });
      expect(ready?.message)
        .to.include(the.world.repository.head())
        .and.include(`Confirm: ${room.id}`);
      expect(pendingDiff?.toKick).to.deep.equal(["E-06"]);
      const [source] = (await the.world.status()).sources;
      expect(source?.heldBackBy).to.deep.include({ roomId: room.id, reason: "DryRunLookAlike" });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      const records = await room.audit("intent.ignored");
      expect(records.at(-1)?.metadata).to.include({ reason: "DryRunLookAlike" });
      await room.pass({ "X-Confirm": "true" });
      expect(await room.entities()).to.deep.equal(entityIds(5));
    });
  }

  const ENDS: readonly (readonly [string, (room: RoomStory) => Promise<unknown>])[] = [
    ["a commit that touches the room", (room) => room.push({ ...SMALLER, version: 3 })],
    ["a commit that confirms it by name", (room) => room.say(`Go\n\nConfirm: ${room.id}`)],
    ["a request with X-Confirm", (room) => room.pass({ "X-Confirm": "true" })],
  ];
  for (const [name, end] of ENDS) {
    it(`lets go of the room with ${name}`, async () => {
      const room = await aRoom();
      await room.push(SMALLER, "Shrink\n\ndry-run: true");
      await end(room);
      expect(await room.entities()).to.deep.equal(entityIds(5));
      expect(await room.conditions()).to.include("Ready True Converged");
    });
  }

  it("holds the room over a restart", async () => {
    const room = await aRoom();
    await room.push(SMALLER, "Shrink\n\ndry-run: true");
    await the.world.stop();
    await the.world.start();
    expect((await room.pass()).body).to.include({ outcome: "planned" });
    expect(await room.conditions()).to.include("Ready False DryRunLookAlike");
    await room.pass({ "X-Confirm": "true" });
  });

  it("holds a new room that its commit brings in", async () => {
    const room = new RoomStory(the.world, "room-alike-new");
    const answer = await room.push({ entities: entityIds(2) }, "Add\n\ndry-run: true");
    expect(answer.body).to.include({ outcome: "planned" });
    expect(await room.entities()).to.deep.equal([]);
    await room.pass({ "X-Confirm": "true" });
  });

  it("does not hold a room for prose, or for a plain no", async () => {
    const room = await aRoom();
    await room.push(SMALLER, "Shrink it\n\nThis needs no dry run.\n\nDry-Run: false");
    expect(await room.entities()).to.deep.equal(entityIds(5));
    const files = { [room.path]: specYaml({ roomId: room.id, ...SMALLER, version: 3 }) };
    the.world.commit(files, "docs: say what `Dry-Run: true` does");
    expect((await room.pass()).body).to.include({ outcome: "converged" });
  });
});
