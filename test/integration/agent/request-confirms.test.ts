import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const TRUE = { "X-Confirm": "true" };

describe("X-Confirm of a request", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    // Only requests poll: what is published when one arrives is what the test has made.
    world = await AgentWorld.create({
      Git__Sources__0__IntervalSeconds: "600",
      Operator__Reconciliation__IntervalSeconds: "600",
    });
    world.commit({ "README.md": "rooms" });
    await world.start();
    await world.observed();
  });

  after(async () => {
    await world.remove();
  });

  async function aRoom(entities: number): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-asked-${made}`);
    const answer = await room.push({ entities: entityIds(entities) });
    expect(answer.body["outcome"], JSON.stringify(answer.body)).to.equal("converged");
    await room.newWrites();
    return room;
  }

  const digestOf = (body: Record<string, unknown>) => ({ "X-Confirm": String(body["planDigest"]) });
  const reasons = (body: Record<string, unknown>) =>
    (body["refusals"] as { reason: string; items: string[] }[]).map(({ reason }) => reason);

  describe("true", () => {
    it("does not cover what a commit takes out after the list was shown", async () => {
      const room = await aRoom(12);
      const first = await room.push({ version: 2, entities: entityIds(6) });
      expect(first.status).to.equal(412);
      room.commit({ version: 3, entities: entityIds(3) });
      const second = await room.pass(TRUE);
      expect(second.status).to.equal(412);
      expect(reasons(second.body)).to.include("ConfirmationOutdated");
      const removals = entityIds(9, 4).map((id) => `entity/${id}`);
      expect((second.body["refusals"] as { items: string[] }[])[0]?.items).to.deep.equal(removals);
      expect(second.body["detail"]).to.include(`X-Confirm: ${String(second.body["planDigest"])}`);
      expect(await room.entities()).to.deep.equal(entityIds(12));
      expect((await room.status()).wouldRemove).to.deep.equal(removals);
      expect((await room.pass(digestOf(second.body))).status).to.equal(200);
    });

    it("covers the new list once that was shown", async () => {
      const room = await aRoom(12);
      await room.push({ version: 2, entities: entityIds(6) });
      room.commit({ version: 3, entities: entityIds(3) });
      expect((await room.pass(TRUE)).status).to.equal(412);
      expect((await room.pass(TRUE)).status).to.equal(200);
      await world.verified(room.id);
      expect(await room.entities()).to.deep.equal(entityIds(3));
    });

    it("does not cover what somebody else joins after the list was shown", async () => {
      const room = await aRoom(12);
      expect((await room.push({ version: 2, entities: entityIds(6) })).status).to.equal(412);
      await room.driftIn("X-1");
      const answer = await room.pass(TRUE);
      expect(answer.status).to.equal(412);
      expect(JSON.stringify(answer.body["errors"])).to.include("entity/X-1");
      expect(await room.entities()).to.include("E-12");
    });

    it("covers the plan made for the request where nothing was refused before", async () => {
      const room = await aRoom(12);
      room.commit({ version: 2, entities: entityIds(3) });
      expect((await room.pass(TRUE)).status).to.equal(200);
      await world.verified(room.id);
    });

    it("of a posted spec covers what was refused of that very spec", async () => {
      made += 1;
      const id = `room-asked-${made}`;
      const room = new RoomStory(world, id);
      const post = (spec: object, headers = {}) =>
        world.applyYaml(specYaml({ roomId: id, ...spec }), headers);
      await post({ entities: entityIds(12) });
      const small = { version: 2, entities: entityIds(6) };
      expect((await post(small)).status).to.equal(412);
      await room.driftIn("X-1");
      const beyond = await post(small, TRUE);
      expect(beyond.status).to.equal(412);
      expect(reasons(beyond.body)).to.include("ConfirmationOutdated");
      expect((await post(small, TRUE)).status).to.equal(200);
    });

    it("that is refused ends no dry run", async () => {
      const room = await aRoom(12);
      const dry = await room.push({ version: 2, entities: entityIds(6) }, "Less\n\nDry-Run: true");
      expect(dry.body).to.include({ outcome: "planned" });
      await room.driftIn("X-1");
      expect((await room.pass(TRUE)).status).to.equal(412);
      expect((await room.status()).dryRun).to.be.a("string");
      await room.pass();
      expect(await room.entities()).to.include("E-12");
    });
  });

  describe("with a digest", () => {
    it("covers the plan of a dry run, a refusal or the status, and only that", async () => {
      const room = await aRoom(12);
      const refused = await room.push({ version: 2, entities: entityIds(6) });
      const dry = await room.pass({ "X-Dry-Run": "true" });
      const { planDigest } = await room.status();
      expect(dry.body["planDigest"]).to.equal(planDigest);
      expect(refused.body["planDigest"]).to.equal(planDigest);
      room.commit({ version: 3, entities: entityIds(5) });
      const stale = await room.pass(digestOf(refused.body));
      expect(stale.status).to.equal(412);
      expect(stale.body["planDigest"]).not.to.equal(planDigest);
      expect(await room.newWrites()).to.deep.equal([]);
      const done = await room.pass(digestOf(stale.body));
      expect(done.status).to.equal(200);
      await world.verified(room.id);
      const confirm = (await room.audit("confirm")).at(-1);
      expect(confirm?.metadata).to.include({ planDigest: stale.body["planDigest"] });
    });

    it("of a posted spec is the same for its dry run and its own request", async () => {
      made += 1;
      const id = `room-asked-${made}`;
      const post = (spec: object, headers = {}) =>
        world.applyYaml(specYaml({ roomId: id, ...spec }), headers);
      await post({ entities: entityIds(8) });
      const small = { version: 2, entities: ["E-01"] };
      const dry = await post(small, { "X-Dry-Run": "true" });
      expect(dry.body).to.include({ outcome: "planned" });
      const other = await post({ version: 2, entities: ["E-02"] }, digestOf(dry.body));
      expect(other.status).to.equal(412);
      expect((await post(small, digestOf(dry.body))).status).to.equal(200);
    });

    it("works once: the same drift later needs the name of its own plan", async () => {
      const room = await aRoom(1);
      const drift = entityIds(5, 2);
      await room.driftIn(...drift);
      const first = await room.pass();
      expect((await room.pass(digestOf(first.body))).status).to.equal(200);
      await room.driftIn(...drift);
      await world.stop();
      await world.start();
      const replayed = await room.pass(digestOf(first.body));
      expect(replayed.status).to.equal(412);
      expect(reasons(replayed.body)).to.include("ConfirmationOutdated");
      expect(replayed.body["planDigest"]).not.to.equal(first.body["planDigest"]);
      expect((await room.status()).planDigest).to.equal(replayed.body["planDigest"]);
      expect(await room.entities()).to.deep.equal(entityIds(6));
      expect((await room.pass(digestOf(replayed.body))).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });

    it("of a posted spec works once, also where the room was given up in between", async () => {
      made += 1;
      const id = `room-asked-${made}`;
      const room = new RoomStory(world, id);
      const text = specYaml({ roomId: id, entities: ["E-01"] });
      const drift = entityIds(5, 2);
      await world.applyYaml(text);
      await room.driftIn(...drift);
      const first = await world.applyYaml(text);
      expect((await world.applyYaml(text, digestOf(first.body))).status).to.equal(200);
      await room.driftIn(...drift);
      expect((await world.applyYaml(text, digestOf(first.body))).status).to.equal(412);
      expect(await world.delete(`/rooms/${id}`)).to.equal(200);
      expect((await world.applyYaml(text, digestOf(first.body))).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(entityIds(6));
    });

    it("of a posted spec works once, also where the room was forgotten in between", async () => {
      made += 1;
      const id = `room-asked-${made}`;
      const room = new RoomStory(world, id);
      const text = specYaml({ roomId: id, entities: ["E-01"] });
      const drift = entityIds(5, 2);
      const used: string[] = [];
      for (const life of ["first", "second", "third"]) {
        await world.applyYaml(text);
        await room.driftIn(...drift);
        const dry = await world.applyYaml(text, { "X-Dry-Run": "true" });
        for (const digest of used) {
          const replayed = await world.applyYaml(text, { "X-Confirm": digest });
          expect(replayed.status, `${life} life`).to.equal(412);
          expect(replayed.body["planDigest"]).to.equal(dry.body["planDigest"]);
        }
        expect((await world.applyYaml(text, digestOf(dry.body))).status).to.equal(200);
        used.push(String(dry.body["planDigest"]));
        expect(await world.delete(`/rooms/${id}`)).to.equal(200);
        expect(await world.delete(`/rooms/${id}`)).to.equal(200);
      }
    });

    it("of a posted spec for an unknown room is that of its dry run", async () => {
      made += 1;
      const id = `room-asked-${made}`;
      const room = new RoomStory(world, id);
      await world.joinByHand(id, "E-09");
      const text = specYaml({ roomId: id, entities: ["E-01"] });
      const dry = await world.applyYaml(text, { "X-Dry-Run": "true" });
      expect((await world.applyYaml(text, digestOf(dry.body))).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });

    it("that ended a dry run does not end the next one", async () => {
      const room = await aRoom(2);
      const dry = await room.push({ version: 2, entities: entityIds(3) }, "More\n\nDry-Run: true");
      expect((await room.pass(digestOf(dry.body))).status).to.equal(200);
      await room.driftOut("E-03");
      const again = await room.say(`Look first\n\nDry-Run: ${room.id}`);
      expect(again.body).to.include({ outcome: "planned" });
      expect((await room.pass(digestOf(dry.body))).status).to.equal(412);
      expect((await room.pass(digestOf(again.body))).status).to.equal(200);
    });

    it("that nobody knows is refused, also where nothing is to be done", async () => {
      const room = await aRoom(2);
      const unknown = { "X-Confirm": `sha256:${"0".repeat(64)}` };
      const answer = await room.pass(unknown);
      expect(answer.status).to.equal(412);
      expect(answer.body["planDigest"]).to.match(/^sha256:/);
      const { conditions, refusals } = await room.status();
      expect(refusals).to.deep.equal([]);
      expect(conditions.find(({ type }) => type === "Ready")?.status).to.equal("True");
      expect((await room.pass()).status).to.equal(200);
    });

    it("that is stale does not end a dry run; the right one does", async () => {
      const room = await aRoom(3);
      const dry = await room.push({ version: 2, entities: entityIds(4) }, "More\n\nDry-Run: true");
      expect((await room.pass({ "X-Confirm": `sha256:${"0".repeat(64)}` })).status).to.equal(412);
      expect((await room.status()).dryRun).to.be.a("string");
      expect((await room.pass(digestOf(dry.body))).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(entityIds(4));
    });
  });

  it("with any other value is refused and says what is accepted", async () => {
    for (const value of ["yes", "1", "sha256:12", "false"]) {
      const answer = await world.apply({ roomId: "room-asked-1" }, { "X-Confirm": value });
      expect(answer.status, value).to.equal(400);
      expect(answer.body).to.include({ code: "InvalidHeader" });
      expect(answer.body["detail"]).to.match(/X-Confirm: true.*X-Confirm: sha256:/);
    }
  });
});
