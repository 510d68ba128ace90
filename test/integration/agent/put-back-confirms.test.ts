import { expect } from "chai";
import type { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { ALL, ONE, WaitingRoom } from "./waiting-room.ts";

/** What commits end of a confirmation that was not used up: its own is gone, or one gives back what it covers. */
describe("a confirmation that waits", function () {
  this.timeout(60_000);
  let the: WaitingRoom;
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    the = await WaitingRoom.create();
    ({ world, room } = the);
  });

  afterEach(() => world.remove());

  /** Commits that are pushed at once. */
  async function pushed(...commits: readonly (readonly [string | null, string])[]): Promise<void> {
    let parents = [world.repository.head() ?? ""];
    for (const [text, message] of commits) {
      const files = text === null ? { [room.path]: null } : { [room.path]: text };
      parents = [world.repository.commit(files, { message, parents, branch: "work" })];
    }
    world.repository.forceBranch(parents[0] ?? "");
    world.news.tell();
    await world.observed(parents[0]);
  }

  describe("whose commit a force-push takes away", () => {
    const GONE = /^its commit is not on the branch any more/;
    let base: string;

    beforeEach(() => {
      base = world.repository.head() ?? "";
    });

    async function forced(oid: string): Promise<void> {
      world.repository.forceBranch(oid);
      world.news.tell();
      await world.observed(oid);
    }

    /** The same files as the head, on another commit than it. */
    async function amended(): Promise<void> {
      const files = { [room.path]: specYaml({ roomId: room.id, version: 2, entities: ONE }) };
      const message = "Shrink, not yet";
      await forced(world.repository.commit(files, { message, parents: [base] }));
    }

    for (const message of ["Shrink\n\nConfirm: true", "Shrink\n\nConfirm: room-wait"])
      it(`does not count: ${message.slice(8)}, amended`, async () => {
        await the.shrink(message);
        await amended();
        await the.isSaid(GONE);
        await the.isRefused();
      });

    it("does not count: an empty commit, dropped", async () => {
      const shrunk = await the.shrink("Shrink");
      await eventually("it waits", async () => (await room.status()).pendingDiff !== null);
      await the.observed(world.commit({}, `Go\n\nConfirm: ${room.id}`));
      const not = world.repository.commit({}, { message: "No, not yet", parents: [shrunk] });
      await forced(not);
      await the.isRefused();
    });

    it("does not count when the commit is back", async () => {
      const shrunk = await the.shrink();
      await amended();
      await forced(shrunk);
      await the.isRefused();
      const { intentIgnored } = await room.status();
      expect(intentIgnored.map(({ reason }) => reason).join()).to.match(
        /neither `Confirm` nor `Override-Window` counts/,
      );
    });

    it("does not count for what the branch is moved to, though a request gave it", async () => {
      await the.shrink("Shrink");
      await the.resume();
      await eventually("it is refused", async () => (await room.refusals()).length > 0);
      await the.faulty(true);
      await room.pass({ "X-Confirm": "true" });
      const spec = specYaml({ roomId: room.id, version: 2, entities: [...ONE, "E-09"] });
      const message = "Another one";
      await forced(world.repository.commit({ [room.path]: spec }, { message, parents: [base] }));
      await the.faulty(false);
      await room.pass();
      expect(await room.refusals()).to.deep.equal(["HistoryRewritten"]);
      expect(await room.entities()).to.include.members(ALL);
    });

    it("counts where only a later commit is taken away", async () => {
      const shrunk = await the.shrink();
      await the.observed(world.commit({ "README.md": "more" }, "Say more"));
      const other = { message: "Say less", parents: [shrunk] };
      await forced(world.repository.commit({ "README.md": "less" }, other));
      await the.isCarriedOut(shrunk);
    });
  });

  describe("and that one push gives back and takes out again", () => {
    const BACK = /^commit [0-9a-f]{12} gave back what it covers/;
    it("does not count", async () => {
      await the.shrink();
      await pushed([the.spec(3, ALL), "Stop"], [the.spec(4, ONE), "Out again"]);
      await the.isSaid(BACK);
      await the.isRefused();
    });

    it("does not count where the file is as it was in the end", async () => {
      await the.shrink(`Shrink\n\nConfirm: ${room.id}`);
      await pushed([the.spec(1, ALL), 'Revert "Shrink"'], [the.spec(2, ONE), 'Reapply "Shrink"']);
      await the.isSaid(BACK);
      await the.isRefused();
    });

    it("does not count where its file was removed and came back", async () => {
      await the.shrink();
      await pushed([null, "Remove it"], [the.spec(2, ONE), "Add it"]);
      await the.isRefused();
    });

    it("does not count where its file was broken and said so once it could be read", async () => {
      await the.shrink();
      await pushed(
        ["a: [", "Break it"],
        [the.spec(3, ALL), "Stop"],
        [the.spec(2, ONE), "Out again"],
      );
      await the.isRefused();
    });

    it("does not count where the same push confirmed it before its file was broken", async () => {
      await pushed(
        [the.spec(2, ONE), "Shrink\n\nConfirm: true"],
        ["a: [", "Break it"],
        [the.spec(3, ALL), "Stop"],
        [the.spec(4, ONE), "Out again"],
      );
      await the.isRefused();
    });

    it("counts for the items that no commit gave back", async () => {
      await the.shrink();
      await pushed([the.spec(3, [...ONE, "E-09"]), "Add one"], [the.spec(4, ONE), "Not"]);
      await the.isCarriedOut();
    });

    it("counts where the file moved", async () => {
      await the.shrink();
      const path = "rooms/moved.room.yaml";
      await the.observed(world.commit({ [room.path]: null, [path]: the.spec(2, ONE) }, "Move it"));
      await the.isCarriedOut();
    });

    it("counts where only the merged branch, and not this one, went to and fro", async () => {
      const base = await the.shrink();
      const side = (files: Record<string, string>, message: string, parent: string) =>
        world.repository.commit(files, { message, parents: [parent], branch: "side" });
      const back = side({ [room.path]: the.spec(3, ALL) }, "Stop", base);
      const again = side({ [room.path]: the.spec(2, ONE) }, "Go", back);
      const merge = { message: "Merge side", parents: [base, again], branch: "work" };
      const merged = world.repository.commit({ "README.md": "merged" }, merge);
      world.repository.forceBranch(merged);
      world.news.tell();
      await world.observed(merged);
      await the.isCarriedOut(base);
    });
  });

  describe("for a prune", () => {
    beforeEach(async () => {
      await world.stop();
      await world.start({ Git__Sources__0__Prune: "true" });
      await world.observed();
      await the.observed(world.commit({ [room.path]: null }, `Remove\n\nConfirm: ${room.id}`));
      await world.reason(room.id, "PrunePending");
    });

    it("counts, over a restart and commits that leave its file alone", async () => {
      await the.observed(world.commit({ "README.md": "more" }, "Say more"));
      await world.stop();
      await world.start();
      await the.resume();
      await eventually("it is empty", async () => (await room.entities()).length === 0);
      expect(await room.audit("confirmation.withdrawn")).to.deep.equal([]);
    });

    it("does not count where one push gives the file back and removes it again", async () => {
      await pushed([the.spec(1, ALL), 'Revert "Remove"'], [null, "Remove it again"]);
      await the.isSaid(/^commit [0-9a-f]{12} gave back what it covers/);
      await the.isRefused();
    });

    it("does not count where one push brings a file for it to another path and removes that", async () => {
      const path = "rooms/moved.room.yaml";
      let parents = [world.repository.head() ?? ""];
      for (const text of [the.spec(1, ALL), null]) {
        const options = { message: "Move", parents, branch: "work" };
        parents = [world.repository.commit({ [path]: text }, options)];
      }
      world.repository.forceBranch(parents[0] ?? "");
      world.news.tell();
      await world.observed(parents[0]);
      await the.isRefused();
    });

    it("does not count where a force-push takes its commit away", async () => {
      const base = world.repository.git("rev-parse", "main~1").trim();
      const options = { message: "Remove, not yet", parents: [base] };
      await the.observed(world.repository.commit({ [room.path]: null }, options));
      world.news.tell();
      await the.isRefused();
    });
  });

  describe("at another source, until that has the room", () => {
    let before: string;

    beforeEach(async () => {
      before = the.other.head() ?? "";
      await brought({ "a.room.yaml": the.spec(7, ONE) }, `Take it\n\nConfirm: ${room.id}`);
      await eventually("it is on record", async () => (await room.audit("confirm")).length > 0);
    });

    async function brought(
      files: Readonly<Record<string, string | null>>,
      message: string,
      parent = the.other.head() ?? "",
    ): Promise<void> {
      const commit = the.other.commit(files, { message, parents: [parent] });
      world.news.tell();
      await eventually("the other source has it", async () => {
        const { sources } = await world.status();
        return sources.some(({ observedRevision }) => observedRevision?.endsWith(commit));
      });
    }

    async function handOver(): Promise<void> {
      await the.observed(world.commit({ [room.path]: null }, "Hand it over"));
      await the.take("other");
    }

    it("counts once it has", async () => {
      await brought({ "README.md": "more" }, "Say more");
      await handOver();
      await the.resume();
      await eventually("three are gone", async () => (await room.entities()).length === 1);
      expect(await room.audit("confirmation.withdrawn")).to.deep.equal([]);
    });

    it("does not count where a force-push takes its commit away", async () => {
      await brought({ "a.room.yaml": the.spec(7, ONE) }, "Take it, not yet", before);
      await the.isSaid(/^its commit is not on the branch any more/);
      await handOver();
      await the.isRefused();
    });

    it("does not count where the file has given back what it covers", async () => {
      await brought({ "a.room.yaml": the.spec(8, ALL) }, "Stop");
      await brought({ "a.room.yaml": the.spec(7, ONE) }, "Out again");
      await handOver();
      await the.isRefused();
    });
  });
});
