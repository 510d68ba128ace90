import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const ANCHOR = { "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) };

story(
  "a spec file that is removed while its source prunes",
  { rooms: "room-prune", files: ANCHOR, env: { Git__Sources__0__Prune: "true" } },
  (the) => {
    /** A verified room with two entities of the agent's, and one that somebody else joined since. */
    async function aRoom(count = 2): Promise<RoomStory> {
      const room = await the.room({ entities: entityIds(count) }, count);
      await room.driftIn("E-99");
      return room;
    }

    async function removed(room: RoomStory, message = "Remove the room"): Promise<string> {
      const commit = the.world.commit({ [room.path]: null }, message);
      await eventually("orphaned", async () => (await room.status()).orphaned);
      return commit;
    }

    async function waiting(room: RoomStory): Promise<void> {
      await removed(room);
      await eventually("refused", async () => (await room.refusals()).length > 0);
    }

    async function suspension(word: string, room: RoomStory, body?: object): Promise<void> {
      const headers = { "Content-Type": "application/json" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
      const url = `${the.world.url}/rooms/${room.id}/${word}`;
      expect((await fetch(url, { method: "POST", ...sent })).status).to.equal(200);
    }

    const isPruned = (room: RoomStory) =>
      eventually("pruned", async () => (await room.conditions()).includes("Orphaned True Pruned"));

    it("shows its plan and writes nothing until a person confirms", async () => {
      const room = await aRoom();
      await waiting(room);
      expect(await room.refusals()).to.deep.equal(["PruneNeedsConfirm"]);
      const status = await room.status();
      expect(status.wouldRemove).to.deep.equal(["entity/E-01", "entity/E-02"]);
      expect(status.pendingDiff?.toKick).to.deep.equal(["E-01", "E-02"]);
      expect(status.howToConfirm).to.include(`Confirm: ${room.id}`);
      expect(status.needsPerson?.reason).to.equal("PruneNeedsConfirm");
      expect(await room.conditions()).to.include.members([
        "Ready False PruneNeedsConfirm",
        "AwaitingConfirm True PruneNeedsConfirm",
        "Orphaned True PrunePending",
      ]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("offers no removal where the file was renamed to a name that is not read", async () => {
      const room = await aRoom();
      const text = specYaml({ roomId: room.id, version: 2, entities: entityIds(2) });
      const wrong = `rooms/${room.id}.yaml`;
      the.world.commit(
        { [room.path]: null, [wrong]: text },
        `Rename it\n\nConfirm: ${room.id}\nConfirm: true`,
      );
      const { needsPerson, howToConfirm } = await the.world.reason(room.id, "RoomSpecNotRead");
      expect(needsPerson?.message).to.include(wrong);
      expect(howToConfirm).to.equal(null);
      the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      const [orphaned] = await room.audit("room.orphaned");
      expect(orphaned?.metadata["reason"]).to.equal("NoSpec");
      expect(JSON.stringify(orphaned?.metadata)).to.include(wrong);
      the.world.commit({ [wrong]: null });
      await eventually("a plain orphan", async () => (await room.status()).needsPerson === null);
      expect(await room.refusals()).to.deep.equal([]);
    });

    it("is in health, log, audit, gauge and explain by the same words while it waits", async () => {
      const room = await aRoom();
      const { world } = the;
      const before = await gauge("rooms_prune_pending");
      await waiting(room);
      const says = `was removed by commit ${world.repository.head()}`;
      const { message } = (await room.status()).refusals[0] ?? { message: "" };
      expect(message).to.include(says);
      await eventually("the log says so", () =>
        world.lines.some((line) => line.includes(room.id) && line.includes(says)),
      );
      const [orphaned] = await room.audit("room.orphaned");
      expect(orphaned?.metadata["reason"]).to.equal("PrunePending");
      const [refused] = await room.audit("room.refused");
      expect(JSON.stringify(refused?.metadata)).to.include("PruneNeedsConfirm").and.include(says);
      const explained = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      const reasons = explained.body.blockedBy.map(({ reason }) => reason);
      expect(reasons.filter((reason) => reason.startsWith("Prune"))).to.deep.equal([
        "PruneNeedsConfirm",
      ]);
      const texts = JSON.stringify([explained.body, await room.status(), orphaned]);
      expect(texts).to.include(`DELETE /rooms/${room.id}`).and.not.include("<roomId>");
      const how = (await room.status()).howToConfirm;
      expect(how).to.include("&& git push` on branch main. Reject: add ");
      const needed = explained.body.blockedBy.find(({ reason }) => reason === "PruneNeedsConfirm");
      expect(needed?.unblock).to.equal(how);
      expect(JSON.stringify(explained.body.blockedBy)).to.include(says);
      const health = await world.get<{ readonly status: string }>("/health");
      expect(JSON.stringify(health.body)).to.include(room.id);
      expect(await gauge("rooms_prune_pending")).to.equal(before + 1);
    });

    async function gauge(name: string): Promise<number> {
      const text = await the.world.text("/metrics");
      return Number(new RegExp(`^room_operator_${name} (\\d+)$`, "m").exec(text)?.[1]);
    }

    it("is pruned by a commit that names the room and removes its file; what others put there stays", async () => {
      const room = await aRoom();
      const commit = await removed(room, `Remove it\n\nConfirm: ${room.id}`);
      await isPruned(room);
      expect(await room.entities()).to.deep.equal(["E-99"]);
      expect([...(await room.newWrites())].sort()).to.deep.equal(["kick E-01", "kick E-02"]);
      const [record] = await room.audit("room.pruned");
      expect(record?.metadata).to.include({ commit, confirmedIn: commit, path: room.path });
      expect((await room.status()).orphaned).to.equal(true);
      expect((await room.status()).needsPerson).to.equal(null);
      const asked = await room.pass();
      expect([asked.status, asked.body["outcome"], asked.body["reason"]]).to.deep.equal([
        202,
        "waiting",
        "Pruned",
      ]);
      expect(String(asked.body["message"])).to.include(
        "was removed (2 items); Ada <ada@example.org> confirmed",
      );
      await room.driftIn("E-01", "E-02");
      expect(await room.writesOfMorePasses(), "what comes later is not ours").to.deep.equal([]);
    });

    it("is pruned by a later commit that names the room, as the room says of `Confirm: true`", async () => {
      const room = await aRoom();
      const removing = await removed(room, "Remove it\n\nConfirm: true");
      await eventually("refused", async () => (await room.refusals()).length > 0);
      const [ignored, ...others] = (await room.status()).intentIgnored;
      expect(others).to.deep.equal([]);
      expect(ignored).to.include({ commit: removing, line: "Confirm: true" });
      expect(ignored?.reason).to.include(`write \`Confirm: ${room.id}\` in a new commit`);
      const { body } = await the.world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.blockedBy.map(({ reason }) => reason)).to.include("IntentIgnored");
      const commit = the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await isPruned(room);
      expect(await room.entities()).to.deep.equal(["E-99"]);
      const [record] = await room.audit("room.pruned");
      expect(record?.metadata["confirmedIn"]).to.equal(commit);
      expect((await room.status()).intentIgnored).to.deep.equal([]);
    });

    it("is pruned by a request for the room with X-Confirm", async () => {
      const room = await aRoom();
      await waiting(room);
      const answer = await room.pass({ "X-Confirm": "true" });
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await room.entities()).to.deep.equal(["E-99"]);
      expect(await room.audit("room.pruned")).to.have.length(1);
    });

    it("is not pruned by a request that came before anybody could see that the file is gone", async () => {
      const room = await aRoom();
      await room.newWrites();
      the.world.commit({ [room.path]: null });
      const answer = await room.pass({ "X-Confirm": "true" });
      expect(answer.status).to.equal(412);
      expect(await room.newWrites()).to.deep.equal([]);
    });

    it("is not pruned by `Confirm: true`, nor by a commit before the removal", async () => {
      const room = await aRoom();
      await room.newWrites();
      the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await removed(room, "Remove it\n\nConfirm: true");
      await eventually("refused", async () => (await room.refusals()).length > 0);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("is not pruned by what was confirmed for a spec", async () => {
      const room = await aRoom();
      await suspension("suspend", room, { reason: "wait" });
      room.commit({ version: 2 }, `Send all home\n\nConfirm: ${room.id}`);
      await the.world.observed();
      await removed(room);
      await room.newWrites();
      await suspension("resume", room);
      await room.pass();
      expect(await room.refusals()).to.deep.equal(["PruneNeedsConfirm"]);
      expect(await room.newWrites()).to.deep.equal([]);
    });

    it("is pruned by a merge of a branch that removes its file and names it", async () => {
      const room = await aRoom();
      const base = the.world.repository.head() ?? "";
      const branch = `side-${room.id}`;
      const gone = { [room.path]: null };
      const said = `Remove it\n\nConfirm: ${room.id}`;
      const side = the.world.commit(gone, said, { branch, parents: [base] });
      the.world.commit(gone, "Merge it", { parents: [base, side] });
      await isPruned(room);
      expect(await room.entities()).to.deep.equal(["E-99"]);
    });

    it("is managed as before when the file comes back before the confirmation", async () => {
      const room = await aRoom();
      await waiting(room);
      await room.newWrites();
      await room.push(
        { version: 2, entities: entityIds(2) },
        `Bring it back\n\nConfirm: ${room.id}`,
      );
      expect(await room.refusals()).to.deep.equal([]);
      expect((await room.status()).orphaned).to.equal(false);
      expect(await room.entities()).to.include.members(["E-01", "E-02"]);
      expect(await room.newWrites()).to.deep.equal(["kick E-99"]);
    });

    it("confirms nothing for a spec that comes back", async () => {
      const room = await aRoom(6);
      await waiting(room);
      the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await isPruned(room);
      await room.push({ version: 2, entities: entityIds(6) });
      await room.pass({ "X-Confirm": "true" });
      expect(await room.entities()).to.deep.equal(entityIds(6));
      await room.newWrites();
      await room.push({ version: 3, entities: ["E-01"] });
      expect(await room.refusals()).to.include("ChangeThresholdExceeded");
      expect(await room.newWrites()).to.deep.equal([]);
    });

    it("is not pruned when the file moves, nor when it names another room", async () => {
      const [moved, renamed] = [await aRoom(), await aRoom()];
      const to = `rooms/moved/${moved.id}.room.yaml`;
      const other = `${renamed.id}-next`;
      the.world.commit({
        [moved.path]: null,
        [to]: specYaml({ roomId: moved.id, entities: entityIds(2) }),
        [renamed.path]: specYaml({ roomId: other, entities: ["E-01"] }),
      });
      await the.world.verified(other);
      expect((await moved.status()).path).to.equal(to);
      expect(await renamed.conditions()).to.include("Orphaned True NoSpec");
      const [record] = await renamed.audit("room.orphaned");
      expect(record?.metadata["notPruned"]).to.include("names another room now");
      the.world.commit({}, `Yes\n\nConfirm: ${renamed.id}`);
      await the.world.observed();
      expect(await renamed.entities()).to.include.members(["E-01", "E-02"]);
    });

    it("goes in passes of at most the limit, and by one confirmation", async () => {
      const room = await aRoom(25);
      await removed(room, `Remove it\n\nConfirm: ${room.id}`);
      await isPruned(room);
      expect(await room.entities()).to.deep.equal(["E-99"]);
      expect(await room.audit("confirm")).to.have.length(1);
    });

    it("waits while the room is suspended, and follows once it is resumed", async () => {
      const room = await aRoom();
      await suspension("suspend", room, { reason: "wait" });
      await room.newWrites();
      await removed(room, `Remove it\n\nConfirm: ${room.id}`);
      await eventually("suspended", async () =>
        (await room.conditions()).includes("Suspended True Suspended"),
      );
      expect(await room.newWrites()).to.deep.equal([]);
      await suspension("resume", room);
      await isPruned(room);
    });

    it("is planned alone while a commit says Dry-Run, and confirmed by name after that", async () => {
      const room = await aRoom();
      await room.newWrites();
      await removed(room, `Remove it\n\nDry-Run: true`);
      await eventually("planned", async () => (await room.status()).pendingDiff !== null);
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.conditions()).to.include("Ready False DryRun");
      the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await isPruned(room);
    });

    it("is forgotten, and left as it is, by DELETE", async () => {
      const room = await aRoom();
      await waiting(room);
      await room.newWrites();
      expect(await the.world.delete(`/rooms/${room.id}`)).to.equal(200);
      the.world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await the.world.observed();
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-99"]);
    });
  },
);
