import { expect } from "chai";
import { carryOut, obeys, tell, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

const ALPHA = "room-alpha";
const TICK: Step = { do: "tick", times: 2 };
const COMMIT: Step = { do: "commit", room: ALPHA, add: ["E4"], remove: 0, saying: "nothing" };

/** Stories of a room that is suspended: `heal` resumes it, and it ends as its spec says. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "a commit and drift come while it is suspended": [
    { do: "suspend", room: ALPHA },
    COMMIT,
    { do: "drift", room: ALPHA, how: "kick", name: "E1" },
    TICK,
  ],
  "the agent starts again while it is suspended": [
    { do: "suspend", room: ALPHA },
    { do: "restart" },
    COMMIT,
    TICK,
  ],
  "it is suspended as its pass begins": [COMMIT, { do: "suspend", room: ALPHA }, TICK],
  "it ends by itself": [{ do: "suspend", room: ALPHA, ticks: 2 }, COMMIT, TICK, TICK],
  "it is prolonged, and the agent starts again": [
    { do: "suspend", room: ALPHA, ticks: 1 },
    COMMIT,
    { do: "suspend", room: ALPHA, ticks: 4 },
    { do: "restart" },
    TICK,
  ],
  "the store refuses the order": [
    { do: "storeFault", left: 1 },
    { do: "suspend", room: ALPHA },
    COMMIT,
    TICK,
  ],
};

describe("a suspended room in a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`obeys the law when ${name}`, async () => {
      await tell(steps);
    });
  }

  it("is left alone until it is resumed", async () => {
    const world = await ModelWorld.start();
    const calls = async (...steps: readonly Step[]) => {
      const before = world.server.writes.length;
      for (const step of steps) await carryOut(step, world);
      obeys(world);
      return world.server.writes.length - before;
    };
    await calls(TICK);
    expect(await calls({ do: "suspend", room: ALPHA }, COMMIT, TICK)).to.equal(0);
    expect(await calls({ do: "resume", room: ALPHA }, TICK)).to.be.above(0);
    const again: Step = { ...COMMIT, add: ["E5"] };
    expect(await calls({ do: "suspend", room: ALPHA, ticks: 3 }, again, TICK)).to.equal(0);
    expect(await calls(TICK, TICK)).to.be.above(0);
  });
});
