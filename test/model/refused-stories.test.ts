import { expect } from "chai";
import { carryOut, obeys, tell, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

const ALPHA = "room-alpha";
const TICK: Step = { do: "tick", times: 2 };
/** Longer than the longest backoff. */
const LONG: Step = { do: "tick", times: 64 };
const RENAME = (to: string): Step => ({ do: "rename", room: ALPHA, entity: "E1", to });
const REFUSE = (...names: readonly string[]): Step => ({ do: "refuseNames", names });
const COMMIT: Step = { do: "commit", room: ALPHA, add: ["E4"], remove: 0, saying: "nothing" };
const DRIFT = (how: "kick" | "rename"): Step => ({ do: "drift", room: ALPHA, how, name: "E1" });

/** E1 is called Ada, and the RoomServer refuses to call it Bob. */
const REFUSED = [RENAME("Ada"), TICK, REFUSE("Bob"), RENAME("Bob"), TICK];

const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "the agent starts again": [...REFUSED, { do: "restart" }, TICK],
  "the agent dies before it has written down what was refused": [
    RENAME("Ada"),
    TICK,
    REFUSE("Bob"),
    RENAME("Bob"),
    { do: "crash", nth: 7, when: "before" },
    TICK,
  ],
  "another commit comes": [...REFUSED, COMMIT, TICK, LONG],
  "the commit is reverted and comes back": [...REFUSED, RENAME("Ada"), TICK, RENAME("Bob"), TICK],
  "somebody else calls it something else": [...REFUSED, DRIFT("rename"), TICK, LONG],
  "somebody else takes it out": [...REFUSED, DRIFT("kick"), TICK, LONG],
  "somebody else takes it out, and its old name is refused": [
    ...REFUSED,
    REFUSE("Ada", "Bob"),
    DRIFT("kick"),
    TICK,
    REFUSE("Bob"),
    LONG,
  ],
  "its old name is another one than was verified, and is refused": [
    ...REFUSED,
    REFUSE("Bob", "other"),
    DRIFT("rename"),
    LONG,
  ],
  "all that it was called is refused, and then only the newest": [
    ...REFUSED,
    REFUSE("Ada", "Bob", "Cy"),
    RENAME("Cy"),
    TICK,
    REFUSE("Bob", "Cy"),
    TICK,
    LONG,
  ],
  "the newest spec does not name it any more": [
    ...REFUSED,
    REFUSE("Ada", "Bob"),
    { do: "commit", room: ALPHA, add: ["E4", "E5"], remove: 1, saying: "confirmNamed" },
    TICK,
    REFUSE("Bob"),
    LONG,
  ],
};

describe("a room with a refused update in a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`obeys the law when ${name}`, async () => {
      await tell(steps);
    });
  }

  for (const drift of ["report", "off"] as const) {
    it(`has back what no join put back, as soon as one does, although drift is left alone (${drift})`, async () => {
      const world = await tell([
        { do: "policy", room: ALPHA, drift },
        RENAME("Ada"),
        TICK,
        REFUSE("Ada", "Bob"),
        RENAME("Bob"),
        TICK,
        LONG,
        REFUSE("Bob"),
        LONG,
      ]);
      expect(world.watch.eyes.found(ALPHA).get("entity/E1")).to.equal("Ada");
    });
  }

  it("is left alone until the inputs change or a person asks", async () => {
    const world = await ModelWorld.start();
    const calls = async (...steps: readonly Step[]) => {
      const before = world.server.writes.length;
      for (const step of steps) await carryOut(step, world);
      obeys(world);
      return world.server.writes.slice(before);
    };
    const tried = ["kick E1", "join E1", "join E1"];
    await calls(...REFUSED);
    expect(await calls(LONG, { do: "restart" }, TICK)).to.deep.equal([]);
    expect(await calls({ do: "apply", room: ALPHA, confirm: false }, TICK)).to.deep.equal(tried);
    expect(await calls(LONG)).to.deep.equal([]);
    expect(await calls(COMMIT, TICK)).to.deep.equal([...tried, "join E4"]);
    expect(await calls(LONG)).to.deep.equal([]);
    expect(await calls(DRIFT("rename"), LONG)).to.deep.equal(tried);
    expect(world.watch.eyes.found(ALPHA).get("entity/E1")).to.equal("other");
  });
});
