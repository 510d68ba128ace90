import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story(
  "who owns a room",
  { rooms: "room-owned", files: { "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) } },
  (the) => {
    /** A verified room with two entities. */
    const aRoom = () => the.room({ entities: entityIds(2) }, 2);

    const takenOver = async (room: RoomStory) =>
      (await room.audit("room.takenOver")).map(({ metadata }) => ({
        source: metadata["source"],
        path: metadata["path"],
        from: metadata["from"],
      }));

    const specErrors = async () => (await the.world.observed()).sources[0]?.specErrors ?? [];

    describe("when a second file names the room", () => {
      it("stays undisturbed with its recorded owner; the newcomer is refused with both paths", async () => {
        const room = await aRoom();
        const newcomer = `rooms/${room.id}-copy.room.yaml`;
        the.world.commit({
          [newcomer]: specYaml({ roomId: room.id, version: 2, entities: ["E-09"] }),
        });
        const errors = await specErrors();
        expect(errors.map(({ path }) => path)).to.deep.equal([newcomer]);
        expect(errors[0]?.message).to.include(newcomer).and.include(room.path);
        expect(await room.writesOfMorePasses()).to.deep.equal([]);
        expect(await room.status()).to.include({
          path: room.path,
          specVersion: 1,
          headProblem: null,
        });
        const changed = await room.push({ version: 2, entities: entityIds(3) });
        expect(changed.body, "its own changes go on").to.include({ outcome: "converged" });
        expect((await specErrors()).map(({ path }) => path)).to.deep.equal([newcomer]);
        the.world.commit({ [newcomer]: null });
        expect(await specErrors()).to.deep.equal([]);
        expect(await room.writesOfMorePasses()).to.deep.equal([]);
      });

      it("goes to the other file when the owner's goes away", async () => {
        const room = await aRoom();
        const heir = `rooms/${room.id}-heir.room.yaml`;
        the.world.commit({
          [heir]: specYaml({ roomId: room.id, version: 2, entities: entityIds(3) }),
        });
        await the.world.observed();
        the.world.commit({ [room.path]: null });
        await the.world.verified(room.id);
        expect(await room.status()).to.include({ path: heir, specVersion: 2 });
        expect(await room.newWrites()).to.deep.equal(["join E-03"]);
        const from = { source: "specs", path: room.path };
        expect(await takenOver(room)).to.deep.equal([{ source: "specs", path: heir, from }]);
        expect(await specErrors()).to.deep.equal([]);
        the.world.commit({ [heir]: null });
      });
    });

    it("is nobody when two new files name it at once: both are refused with both paths", async () => {
      const room = the.fresh();
      const paths = [`rooms/${room.id}-a.room.yaml`, `rooms/${room.id}-b.room.yaml`] as const;
      the.world.commit(
        Object.fromEntries(
          paths.map((path) => [path, specYaml({ roomId: room.id, entities: ["E-01"] })]),
        ),
      );
      const errors = await specErrors();
      expect(errors.map(({ path }) => path)).to.deep.equal(paths);
      for (const { message } of errors) expect(message).to.include(paths[0]).and.include(paths[1]);
      expect(await room.newWrites()).to.deep.equal([]);
      the.world.commit({ [paths[0]]: null });
      await the.world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
      expect(await room.status()).to.include({ path: paths[1] });
      expect(await specErrors()).to.deep.equal([]);
    });

    it("follows its file to another place: nothing is joined or removed", async () => {
      const room = await aRoom();
      const moved = `other/folder/${room.id}.room.yml`;
      the.world.commit({
        [room.path]: null,
        [moved]: specYaml({ roomId: room.id, entities: entityIds(2) }),
      });
      await the.world.observed();
      expect((await room.pass()).body).to.include({ outcome: "converged" });
      expect(await room.status()).to.include({ path: moved, orphaned: false });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      expect(await room.audit("room.orphaned")).to.deep.equal([]);
    });

    it("takes a moved file's changes as of the same room", async () => {
      const room = await aRoom();
      const moved = `other/folder/${room.id}.room.yml`;
      the.world.commit(
        { [room.path]: null, [moved]: specYaml({ roomId: room.id, version: 2, entities: [] }) },
        "Move and empty\n\nConfirm: true",
      );
      await the.world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal(["kick E-01", "kick E-02"]);
    });

    it("changes with the id in the file: the old room is orphaned as it is, the new one begins", async () => {
      const old = await aRoom();
      const next = the.fresh();
      the.world.commit({
        [old.path]: specYaml({ roomId: next.id, version: 2, entities: ["E-07"] }),
      });
      await the.world.verified(next.id);
      expect(await next.newWrites()).to.deep.equal(["join E-07"]);
      expect(await next.status()).to.include({ path: old.path });
      expect(await old.status()).to.include({ orphaned: true, source: null });
      expect(await old.newWrites()).to.deep.equal([]);
      expect(await old.entities()).to.deep.equal(entityIds(2));
    });

    it("swaps with the ids of two files, and no room loses what it has", async () => {
      const one = await aRoom();
      const two = await aRoom();
      the.world.commit({
        [one.path]: specYaml({ roomId: two.id, entities: entityIds(2) }),
        [two.path]: specYaml({ roomId: one.id, entities: entityIds(2) }),
      });
      await the.world.observed();
      expect((await one.pass()).body).to.include({ outcome: "converged" });
      expect((await two.pass()).body).to.include({ outcome: "converged" });
      expect([(await one.status()).path, (await two.status()).path]).to.deep.equal([
        two.path,
        one.path,
      ]);
      expect([await one.newWrites(), await two.newWrites()]).to.deep.equal([[], []]);
    });

    describe("when its file is gone", () => {
      it("is orphaned and left as it is, whatever somebody does to it", async () => {
        const room = await aRoom();
        the.world.commit({ [room.path]: null }, "Give it up\n\nConfirm: true");
        await eventually("orphaned", async () => (await room.status()).orphaned);
        await room.driftOut("E-01");
        const answer = await room.pass();
        expect(answer.status).to.equal(202);
        expect(answer.body).to.include({ outcome: "waiting", reason: "Orphaned" });
        expect(await room.newWrites()).to.deep.equal([]);
        expect(await room.conditions()).to.deep.equal([
          "Ready False Orphaned",
          "Orphaned True NoSpec",
        ]);
        expect(await room.audit("room.orphaned")).to.have.length(1);
        const status = await the.world.status();
        expect(status.sources[0]?.heldBackBy).to.deep.equal([]);
        expect(status.syncedRevision).to.equal(`main@sha1:${the.world.repository.head()}`);
      });

      it("is managed again when the file comes back, and an orphan no more", async () => {
        const room = await aRoom();
        the.world.commit({ [room.path]: null });
        await eventually("orphaned", async () => (await room.status()).orphaned);
        await room.driftOut("E-01");
        const answer = await room.push({ entities: entityIds(2) });
        expect(answer.body).to.include({ outcome: "converged" });
        expect(await room.newWrites()).to.deep.equal(["join E-01"]);
        expect(await room.status()).to.include({ orphaned: false, source: "specs" });
        const from = { source: "specs", path: room.path };
        expect(await takenOver(room), "once, and not at first").to.deep.equal([{ ...from, from }]);
        const [record] = await room.audit("room.takenOver");
        expect(record?.metadata).to.include({ wasOrphan: true });
        expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
        expect(await room.writesOfMorePasses()).to.deep.equal([]);
      });

      it("stays an orphan over a restart of the agent", async () => {
        const room = await aRoom();
        the.world.commit({ [room.path]: null });
        await eventually("orphaned", async () => (await room.status()).orphaned);
        await room.driftOut("E-01");
        await the.world.stop();
        await the.world.start();
        await the.world.observed();
        await room.pass();
        expect(await room.newWrites()).to.deep.equal([]);
        expect(await room.status()).to.include({ orphaned: true });
      });
    });
  },
);
