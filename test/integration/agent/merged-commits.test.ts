import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const FULL = { version: 1, entities: entityIds(9) };
const SMALL = { version: 2, entities: ["E-01"] };

/** What each setting makes of which words is a table: `test/unit/intent/merged-commits.test.ts`. */
for (const merged of ["own", "all", "none"] as const) {
  describe(`commits that a merge brings in, MergedCommits ${merged}`, () => {
    let world: AgentWorld;
    let made = 0;

    before(async () => {
      world = await AgentWorld.create({
        Operator__Reconciliation__IntervalSeconds: "60",
        Git__Sources__0__Intent__MergedCommits: merged,
      });
      world.commit({ "README.md": "rooms" });
      await world.start();
    });

    after(async () => {
      await checkWorld(world);
      await world.remove();
    });

    async function aRoom(): Promise<RoomStory> {
      made += 1;
      const room = new RoomStory(world, `room-merged-${made}`);
      await room.push(FULL);
      return room;
    }

    /** A commit on a branch from `base`, merged into main as `git merge --no-ff` does. */
    function merge(
      room: RoomStory,
      given: { readonly base: string; readonly message: string; readonly spec?: typeof FULL },
    ): void {
      const main = world.repository.head() ?? "";
      const file =
        given.spec === undefined
          ? {}
          : { [room.path]: specYaml({ roomId: room.id, ...given.spec }) };
      const files = { ...file, [`${room.id}.md`]: "notes" };
      const branch = `side-${room.id}`;
      const side = world.commit(files, given.message, { branch, parents: [given.base] });
      world.commit(files, "Merge it", { parents: [main, side] });
    }

    const head = () => world.repository.head() ?? "";

    it(`${merged === "none" ? "do not confirm" : "confirm"} what they take out themselves, with the line they were written with`, async () => {
      const room = await aRoom();
      merge(room, { base: head(), message: `Shrink\n\nConfirm: ${room.id}`, spec: SMALL });
      await room.pass();
      expect(await room.entities()).to.have.length(merged === "none" ? 9 : 1);
      const via = (await room.audit("confirm")).map(({ metadata }) => metadata["via"]);
      expect(via).to.deep.equal(merged === "none" ? [] : [`Confirm: ${room.id}`]);
      await room.pass({ "X-Confirm": "true" });
    });

    it(`${merged === "all" ? "confirm" : "do not confirm"} by name what is being refused`, async () => {
      const room = await aRoom();
      await room.push(SMALL);
      expect(await room.refusals()).to.include("ChangeThresholdExceeded");
      merge(room, { base: head(), message: `Notes\n\nConfirm: ${room.id}` });
      await room.pass();
      expect(await room.entities()).to.have.length(merged === "all" ? 1 : 9);
      if (merged === "all") return;
      const { intentIgnored } = await room.status();
      const { warnings = [] } = (await world.status()).sources[0] ?? {};
      expect(JSON.stringify([intentIgnored, warnings])).to.include("came in by a merge");
      await room.say(`Go\n\nConfirm: ${room.id}`);
      expect(await room.entities()).to.have.length(1);
    });

    it(`${merged === "all" ? "let" : "do not let"} a version go down`, async () => {
      const room = await aRoom();
      await room.push({ version: 5, entities: entityIds(9) });
      await room.push({ version: 3, entities: entityIds(10) });
      expect(await room.refusals()).to.include("SpecVersionRegressed");
      merge(room, { base: head(), message: `Down\n\nConfirm: ${room.id}` });
      await room.pass();
      expect(await room.entities()).to.have.length(merged === "all" ? 10 : 9);
      await room.say(`Go\n\nConfirm: ${room.id}`);
      expect(await room.entities()).to.have.length(10);
    });
  });
}

describe("an emptied source", () => {
  it("stays as it is when only merged commits name its rooms", async () => {
    const world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    try {
      const room = new RoomStory(world, "room-last");
      room.commit(FULL);
      await world.start();
      await world.verified(room.id);
      const main = world.repository.head() ?? "";
      const files = { [room.path]: null, "README.md": "gone" };
      const side = world.commit(files, `End\n\nConfirm: ${room.id}`, {
        branch: "side",
        parents: [main],
      });
      world.commit(files, "Merge it", { parents: [main, side] });
      await room.pass();
      expect((await world.status()).sources[0]?.lastError?.reason).to.equal("SourceEmptied");
      world.commit({}, `Yes\n\nConfirm: ${room.id}`);
      await world.observed();
      expect((await room.status()).source ?? null).to.equal(null);
    } finally {
      await world.remove();
    }
  });
});
