import { expect } from "chai";
import { resume, suspend } from "../../../agent/cli/suspend.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ALL = entityIds(4);
const ONE = entityIds(1);

/** A confirmation that was not used up, because its room is suspended, ends with the change that it was given for. */
describe("a confirmation that waits", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let other: GitRepository;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    other.commit({ "z.room.yaml": specYaml({ roomId: "room-z" }) });
    room = new RoomStory(world, "room-wait");
    world.commit({ "rooms/keep.room.yaml": specYaml({ roomId: "room-keep" }) });
    room.commit({ entities: ALL });
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified(room.id);
    await run(suspend, room.id, "--reason", "incident");
  });

  afterEach(() => world.remove());

  async function run(command: typeof suspend, ...args: readonly string[]): Promise<void> {
    const io = new RecordedIo(world.folder);
    const code = await command([...args, "--url", world.url], io);
    if (code !== 0) throw new Error(io.err);
  }

  /** Three of four entities are taken out and confirmed. */
  async function shrink(message = "Shrink\n\nConfirm: true"): Promise<string> {
    const commit = room.commit({ version: 2, entities: ONE }, message);
    await world.observed(commit);
    return commit;
  }

  async function observed(commit: string): Promise<string> {
    await world.observed(commit);
    return commit;
  }

  async function take(source: string): Promise<void> {
    await eventually(`the room is of source ${source}`, async () => {
      const now = await room.status();
      return now.source === source && !now.orphaned;
    });
  }

  /** Resumes the room: nothing leaves it. */
  async function isRefused(
    reason = /^(?:ChangeThresholdExceeded|AdoptionNeedsConfirm)$/,
  ): Promise<void> {
    await run(resume, room.id);
    expect((await room.pass()).status).to.equal(412);
    expect((await room.refusals())[0]).to.match(reason);
    expect(await room.entities()).to.deep.equal(ALL);
  }

  /** What audit and log say of its end, each once. */
  async function isSaid(why: RegExp, inLog = 1): Promise<void> {
    const records = await room.audit("confirmation.withdrawn");
    expect(records.map(({ metadata }) => metadata["message"])).to.have.length(1);
    expect(records[0]?.metadata["message"]).to.match(why);
    expect(records[0]?.metadata["items"]).to.deep.equal(
      ["E-02", "E-03", "E-04"].map((id) => `entity/${id}`),
    );
    const lines = world.lines.filter((line) => line.includes('"confirmation withdrawn"'));
    expect(lines).to.have.length(inLog);
  }

  it("is carried out with its change, over a restart and commits that leave its items alone", async () => {
    await shrink();
    await observed(world.commit({ "README.md": "more" }, "Say more"));
    await world.stop();
    await world.start();
    room.commit({ version: 3, entities: [...ONE, "E-09"] }, "Add one");
    await world.observed();
    await run(resume, room.id);
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal([...ONE, "E-09"]);
    expect(await room.audit("confirmation.withdrawn")).to.deep.equal([]);
  });

  it("is carried out with its change under another name of its source", async () => {
    await shrink();
    await world.stop();
    await world.start({ Git__Sources__0__Name: "renamed" });
    await take("renamed");
    await run(resume, room.id);
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(ONE);
  });

  describe("whose room loses its file", () => {
    beforeEach(async () => {
      await shrink();
    });

    async function giveUp(): Promise<void> {
      await observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      await isSaid(/^the room lost its spec/);
    }

    it("does not count for the file of another team", async () => {
      await giveUp();
      other.commit({
        "a.room.yaml": specYaml({ roomId: room.id, version: 7, entities: ONE }),
      });
      await take("other");
      await isRefused();
    });

    it("does not count for another team's file that waited for the room", async () => {
      other.commit({
        "a.room.yaml": specYaml({ roomId: room.id, version: 2, entities: ONE }),
      });
      await eventually("the claim is refused", async () => {
        const { sources } = await world.status();
        return sources.some(({ specErrors }) => specErrors.length > 0);
      });
      await observed(world.commit({ [room.path]: null }, "Hand it over"));
      await take("other");
      await isRefused();
      await isSaid(/^the room lost its spec/);
    });

    it("does not count for the same file that comes back later", async () => {
      await giveUp();
      await observed(room.commit({ version: 2, entities: ONE }, "Take it again"));
      await take("specs");
      await isRefused();
    });

    it("does not count for a posted spec", async () => {
      await giveUp();
      await run(resume, room.id);
      const posted = specYaml({ roomId: room.id, version: 9, entities: ONE });
      expect((await world.applyYaml(posted)).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("does not count once the file has named another room", async () => {
      const elsewhere = specYaml({ roomId: "room-elsewhere", version: 3, entities: ONE });
      await observed(world.commit({ [room.path]: elsewhere }, "Another room"));
      await observed(room.commit({ version: 4, entities: ONE }, "This one again"));
      await isRefused();
    });
  });

  describe("where kicks fail", () => {
    beforeEach(async () => {
      await run(resume, room.id);
      await faulty(true);
    });

    function faulty(isOn: boolean): Promise<void> {
      const fault = { kind: "status", status: 503, operation: "kick" } as const;
      return setFaults(world.roomServerUrl, ...(isOn ? [fault] : []));
    }

    it("does not count for a spec that is posted in place of git's", async () => {
      await shrink();
      const posted = specYaml({ roomId: room.id, version: 9, entities: ONE });
      const answer = await world.applyYaml(posted, { "X-Override": "true" });
      expect(answer.status).to.equal(412);
      await isSaid(/^the room's spec comes from another owner/, 0);
      await faulty(false);
      expect((await room.pass()).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("of a request does not count once the room has lost its file", async () => {
      await shrink("Shrink");
      await eventually("it is refused", async () => (await room.refusals()).length > 0);
      expect((await room.pass({ "X-Confirm": "true" })).status).to.be.oneOf([200, 502]);
      expect(await room.audit("confirm")).to.have.length(1);
      await observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      await isSaid(/^the room lost its spec/);
      await faulty(false);
      await observed(room.commit({ version: 2, entities: ONE }, "Take it again"));
      await take("specs");
      expect((await room.pass()).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("of a request for a posted spec does not count once the room was deleted", async () => {
      await observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      const post = (entities: readonly string[], headers: Record<string, string> = {}) =>
        world.applyYaml(specYaml({ roomId: room.id, version: 3, entities }), headers);
      expect((await post(ALL)).status).to.equal(200);
      await post(ONE, { "X-Confirm": "true" });
      expect(await room.audit("confirm")).to.have.length(1);
      expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
      await isSaid(/^the room lost its spec/, 0);
      await faulty(false);
      expect((await post(ONE)).status).to.equal(412);
      expect(await room.entities()).to.deep.equal(ALL);
    });

    it("of a request for a posted spec counts when the same spec is posted again", async () => {
      await observed(world.commit({ [room.path]: null }, "Give it up"));
      await world.reason(room.id, "Orphaned");
      const post = (entities: readonly string[], headers: Record<string, string> = {}) =>
        world.applyYaml(specYaml({ roomId: room.id, version: 3, entities }), headers);
      expect((await post(ALL)).status).to.equal(200);
      await post(ONE, { "X-Confirm": "true" });
      expect(await room.entities()).to.deep.equal(ALL);
      await faulty(false);
      expect((await post(ONE)).status).to.equal(200);
      expect(await room.entities()).to.deep.equal(ONE);
    });
  });
});
