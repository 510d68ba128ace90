import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

/** What anybody waits at most for an answer while a push is taken in, in ms. */
const PATIENCE_MS = 1000;

/** Between two questions, ms: without it, asking is most of the work. */
const PAUSE_MS = 20;

describe("a push of very many commits", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let talk: RoomStory;
  let churn: RoomStory;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    talk = new RoomStory(world, "room-talk");
    churn = new RoomStory(world, "room-churn");
    for (const room of [talk, churn]) room.commit({ entities: entityIds(4) });
    await world.spawn();
    for (const { id } of [talk, churn]) await world.verified(id);
  });
  after(() => world.remove());

  /** A commit on this line that takes three entities out of a room, and confirms it. */
  function shrunkOn(line: readonly string[], room: RoomStory): string {
    const files = {
      [room.path]: specYaml({ roomId: room.id, version: 9, entities: entityIds(1) }),
    };
    const parents = line.slice(-1);
    return world.commit(files, "Shrink\n\nConfirm: true", { branch: "line", parents });
  }

  /** The longest that `/livez` took until `head` was read. */
  async function longestWait(head: string): Promise<number> {
    let longest = 0;
    let isOver = false;
    const ask = async (): Promise<void> => {
      const sinceMs = performance.now();
      await world.text("/livez");
      longest = Math.max(longest, performance.now() - sinceMs);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (!isOver) await ask();
    };
    world.repository.forceBranch(head);
    const asking = ask();
    await world.observed(head);
    isOver = true;
    await asking;
    return longest;
  }

  it("stops nobody with long messages of short lines", async () => {
    const message = `Talk\n\n${"a:b\n".repeat(14_000)}${"con:b\n".repeat(1000)}`;
    const line = world.repository.commitLine(
      100,
      () => ({}),
      () => message,
    );
    expect(await longestWait(shrunkOn(line, talk))).to.be.below(PATIENCE_MS);
    await world.verified(talk.id);
    expect(await talk.entities()).to.deep.equal(entityIds(1));
  });

  it("stops nobody with commits that take thousands of items out and put them back", async () => {
    const large = (name: string) =>
      specYaml({
        roomId: "room-large",
        entities: Array.from({ length: 1000 }, (_, at) => `${name}-${at}`),
        artifacts: Array.from({ length: 1000 }, (_, at) => ({
          name: `${name}-${at}`,
          type: "document",
          workspace: "shared",
        })),
      });
    const versions = [large("E"), large("F")];
    const line = world.repository.commitLine(200, (at) => ({
      "rooms/large.room.yaml": versions[at % 2] ?? "",
    }));
    expect(await longestWait(shrunkOn(line, churn))).to.be.below(PATIENCE_MS);
    await world.verified(churn.id);
    expect(await churn.entities()).to.deep.equal(entityIds(1));
  });
});
