import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story(
  "what commits say",
  { rooms: "room-said", files: { "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) } },
  (the) => {
    /** A verified room at version 3 with four entities. */
    const aRoom = () => the.room({ version: 3, entities: entityIds(4), policies: NAMED }, 5);

    const NAMED = { dmVisibilityDefault: "owner" };
    const SMALLER = { version: 4, entities: ["E-01"], policies: NAMED };

    it("lifts everything that is refused with one `Confirm: <roomId>`, a lower version too", async () => {
      const room = await aRoom();
      await room.push({ version: 2, entities: ["E-01"] });
      expect(await room.refusals()).to.have.members([
        "SpecVersionRegressed",
        "ChangeThresholdExceeded",
        "CriticalPolicyRemoval",
      ]);
      expect((await room.say(`All of it\n\nConfirm: ${room.id}`)).status).to.equal(200);
      expect(await the.world.contents(room.id)).to.deep.equal({
        entities: ["E-01"],
        artifacts: [],
        policies: { dmVisibilityDefault: "team" },
      });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("lifts it, too, when the very commit that does it names the room", async () => {
      const room = await aRoom();
      const answer = await room.push(
        { version: 2, entities: ["E-01"] },
        `Start over\n\nConfirm: ${room.id}`,
      );
      expect(answer.status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });

    it("covers entities, artifacts and the critical policy with one `Confirm: true`", async () => {
      const room = await aRoom();
      const answer = await room.push({ version: 4 }, "Empty\n\nConfirm: true");
      expect(answer.status).to.equal(200);
      expect((await the.world.contents(room.id)).entities).to.deep.equal([]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("counts in a revert when it names the room", async () => {
      const room = await aRoom();
      const answer = await room.push(
        SMALLER,
        `Revert "Grow"\n\nThis reverts commit 1234567.\n\nConfirm: ${room.id}`,
      );
      expect(answer.status).to.equal(200);
    });

    it("counts from when the agent saw it, however old the commit is", async () => {
      const room = await aRoom();
      the.world.commit(
        { [room.path]: specYaml({ roomId: room.id, ...SMALLER }) },
        "Shrink\n\nConfirm: true",
        { atSeconds: 1_000_000_000 },
      );
      expect((await room.pass()).status).to.equal(200);
    });

    for (const { name, message } of [
      { name: "in the wrong case", message: "Shrink\n\nconfirm: true" },
      { name: "with another value", message: "Shrink\n\nConfirm: yes" },
      {
        name: "outside the last paragraph",
        message: "Shrink\n\nConfirm: true\n\nBecause I say so.",
      },
    ]) {
      it(`does not count ${name}, and is reported on the room`, async () => {
        const room = await aRoom();
        expect((await room.push(SMALLER, message)).status).to.equal(412);
        const { intentIgnored } = await room.status();
        expect(intentIgnored).to.have.length(1);
        expect(intentIgnored[0]).to.include({ commit: the.world.repository.head() });
        expect(intentIgnored[0]?.reason).to.not.equal("");
        expect(await room.entities()).to.deep.equal(entityIds(4));
      });
    }

    it("does not count in lower case in an empty commit, and is reported on the room that it names", async () => {
      const room = await aRoom();
      expect((await room.push(SMALLER)).status).to.equal(412);
      expect((await room.say(`Yes\n\nconfirm: ${room.id}`)).status).to.equal(412);
      const { intentIgnored } = await room.status();
      expect(intentIgnored.map(({ line }) => line)).to.deep.equal([`confirm: ${room.id}`]);
      expect(intentIgnored[0]?.reason).to.include(`write \`Confirm: ${room.id}\``);
      const [source] = (await the.world.observed()).sources;
      expect(source?.warnings).to.deep.equal([]);
    });

    it("that names a room of nobody is reported on the rooms its commit touches", async () => {
      const room = await aRoom();
      const answer = await room.push(SMALLER, "Shrink\n\nConfirm: room-with-a-typo");
      expect(answer.status).to.equal(412);
      expect((await room.status()).intentIgnored[0]?.reason).to.include("room-with-a-typo");
    });

    it("that touches no room and names none that is known is a warning of the source", async () => {
      the.world.commit({ "README.md": "nothing" }, "Talk\n\nConfirm: room-with-a-typo");
      const [source] = (await the.world.observed()).sources;
      expect(source?.warnings.map(({ reason }) => reason)).to.deep.equal(["IntentIgnored"]);
      expect(source?.warnings[0]?.message).to.include("room-with-a-typo");
      const record = (await the.world.audit("intent.ignored")).at(-1);
      expect(record?.metadata).to.include({
        source: "specs",
        reason: "IntentIgnored",
        commit: the.world.repository.head(),
        line: "Confirm: room-with-a-typo",
      });
      expect(record?.metadata).to.not.have.property("room");
      the.world.commit({ "README.md": "nothing more" });
      expect((await the.world.observed()).sources[0]?.warnings).to.deep.equal([]);
    });

    it("that names a room id with a typing error is shown where the room is explained", async () => {
      const room = await aRoom();
      expect((await room.push(SMALLER)).status).to.equal(412);
      const typo = room.id.replaceAll("-", "");
      the.world.commit({}, `Allow it\n\nConfirm: ${typo}`);
      const [source] = (await the.world.observed()).sources;
      const [warning] = source?.warnings ?? [];
      expect(warning).to.have.all.keys("reason", "message");
      expect(warning?.message).to.include(`\`Confirm: ${typo}\``);
      const explained = async () => {
        const { body } = await the.world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
        return body.blockedBy.find(({ reason }) => reason === "IntentIgnored");
      };
      const told = await explained();
      expect(told?.message).to.equal(`source ${source?.name}: ${warning?.message}`);
      expect(told?.message).to.include(`(did you mean "${room.id}"?)`);
      expect(told?.unblock).to.match(/^Confirm: `git commit/);
      expect((await room.say(`Allow it\n\nConfirm: ${room.id}`)).status).to.equal(200);
      expect(await explained()).to.equal(undefined);
    });

    describe("a merge", () => {
      /** Merges a branch on which one commit shrinks the room, both with their messages. */
      function merge(room: RoomStory, said: { commit: string; merge: string }): void {
        const base = the.world.repository.head() ?? "";
        const files = { [room.path]: specYaml({ roomId: room.id, ...SMALLER }) };
        const side = the.world.commit(files, said.commit, {
          branch: `side-${room.id}`,
          parents: [base],
        });
        the.world.commit(files, said.merge, { parents: [base, side] });
      }

      it("without a trailer leaves the word to the commits it brings in", async () => {
        const room = await aRoom();
        merge(room, { commit: "Shrink\n\nConfirm: true", merge: "Merge it" });
        expect((await room.pass()).status).to.equal(200);
        expect(await room.entities()).to.deep.equal(["E-01"]);
      });

      it("with a trailer speaks for all it changes against its first parent", async () => {
        const room = await aRoom();
        merge(room, { commit: "Shrink", merge: "Merge it\n\nConfirm: true" });
        expect((await room.pass()).status).to.equal(200);
      });

      it("with a dry run is one, whatever its commits confirm", async () => {
        const room = await aRoom();
        merge(room, { commit: "Shrink\n\nConfirm: true", merge: "Merge it\n\nDry-Run: true" });
        expect((await room.pass()).body).to.include({ outcome: "planned" });
        expect(await room.entities()).to.deep.equal(entityIds(4));
      });

      it("that says nothing brings in a dry run of its commits", async () => {
        const room = await aRoom();
        merge(room, { commit: "Shrink\n\nDry-Run: true", merge: "Merge it" });
        expect((await room.pass()).body).to.include({ outcome: "planned" });
      });
    });

    describe("about a room whose newest spec may not be used", () => {
      async function aBrokenRoom(): Promise<RoomStory> {
        const room = await aRoom();
        the.world.commit({ [room.path]: `spec: { roomId: ${room.id}, bogus: 1 }\n` });
        await the.world.reason(room.id, "SpecInvalid");
        await room.driftIn("E-05", "E-06", "E-07", "E-08", "E-09");
        expect((await room.pass()).status).to.equal(412);
        return room;
      }

      it("confirms what the spec in force would remove", async () => {
        const room = await aBrokenRoom();
        await room.say(`Out with them\n\nConfirm: ${room.id}`);
        expect(await room.entities()).to.deep.equal(entityIds(4));
        expect((await room.status()).headProblem?.reason).to.equal("SpecInvalid");
      });

      it("can be said by X-Confirm as well", async () => {
        const room = await aBrokenRoom();
        expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(200);
        expect(await room.entities()).to.deep.equal(entityIds(4));
      });
    });

    it("does not loosen a posted spec that would empty a room others filled", async () => {
      const room = new RoomStory(the.world, "room-said-posted");
      await room.driftIn("E-07", "E-08", "E-09");
      const spec = specYaml({ roomId: room.id, entities: ["E-08", "E-09"] });
      const answer = await the.world.applyYaml(spec);
      expect(answer.status).to.equal(412);
      expect(await room.refusals()).to.deep.equal(["AdoptionNeedsConfirm"]);
      expect((await room.status()).howToConfirm)
        .to.include("X-Confirm")
        .and.not.include("trailer");
      expect((await the.world.applyYaml(spec, { "X-Confirm": "true" })).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-08", "E-09"]);
    });
  },
);
