import { expect } from "chai";
import { carryOut, obeys, tell, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

const ALPHA = "room-alpha";
const TICK: Step = { do: "tick", times: 2 };
const CLOSE: Step = { do: "window", closed: true };
const OPEN: Step = { do: "window", closed: false };
const COMMIT: Step = { do: "commit", room: ALPHA, add: ["E4"], remove: 0, saying: "nothing" };
const REMOVAL: Step = { ...COMMIT, add: [], remove: 1 };
const KICK: Step = { do: "drift", room: ALPHA, how: "kick", name: "E1" };

/** Stories of rooms whose sync window is closed: it opens in the end, and each ends as its spec says. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "a commit and drift come while it is closed": [CLOSE, COMMIT, KICK, TICK],
  "it closes before the room had any spec": [CLOSE, TICK, COMMIT, TICK, KICK, TICK],
  "it closes with a pass under way": [TICK, COMMIT, CLOSE, TICK],
  "the agent dies under way, and it is closed then": [
    TICK,
    COMMIT,
    { do: "crash", nth: 3, when: "after" },
    { do: "tick", times: 1 },
    CLOSE,
    TICK,
  ],
  "a person applies and confirms while it is closed": [
    TICK,
    CLOSE,
    REMOVAL,
    { do: "apply", room: ALPHA, confirm: true },
    TICK,
    OPEN,
    TICK,
  ],
  "a spec is posted while it is closed": [
    CLOSE,
    { do: "post", draft: { version: 1, entities: ["E1"], artifacts: [] }, confirm: true },
    TICK,
    OPEN,
    TICK,
  ],
  "a dry run ends and a room is resumed while it is closed": [
    TICK,
    CLOSE,
    { ...COMMIT, saying: "dryRunAll" },
    { do: "suspend", room: ALPHA },
    TICK,
    { do: "resume", room: ALPHA },
    { do: "say", room: ALPHA, saying: "confirmNamed" },
    TICK,
  ],
  "what waits is taken back before it opens": [
    TICK,
    CLOSE,
    COMMIT,
    { do: "revert", room: ALPHA, saying: "nothing" },
    TICK,
  ],
};

describe("a sync window in a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`obeys the law when ${name}`, async () => {
      await tell(steps);
    });
  }

  it("keeps a new spec from its room until it opens, and drift corrected", async () => {
    const world = await ModelWorld.start();
    const calls = async (...steps: readonly Step[]) => {
      const before = world.server.writes.length;
      for (const step of steps) await carryOut(step, world);
      obeys(world);
      return world.server.writes.length - before;
    };
    await calls(TICK);
    expect(await calls(CLOSE, COMMIT, TICK)).to.equal(0);
    expect(await calls(KICK, TICK)).to.equal(1);
    expect(await calls(OPEN, TICK)).to.equal(1);
    expect(world.complaints()).to.deep.equal([]);
  });
});
