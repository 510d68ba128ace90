import { expect } from "chai";
import { carryOut, obeys, tell, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

const ALPHA = "room-alpha";
const TICK: Step = { do: "tick", times: 2 };
const KICK: Step = { do: "drift", room: ALPHA, how: "kick", name: "E1" };
const JOIN: Step = { do: "drift", room: ALPHA, how: "join", name: "X1" };

for (const drift of ["report", "off"] as const) {
  const POLICY: Step = { do: "policy", room: ALPHA, drift };
  const STORIES: Readonly<Record<string, readonly Step[]>> = {
    "others change it, over a restart": [
      TICK,
      POLICY,
      TICK,
      KICK,
      JOIN,
      TICK,
      { do: "restart" },
      TICK,
    ],
    "a commit changes it as it drifts": [
      TICK,
      POLICY,
      TICK,
      KICK,
      { do: "commit", room: ALPHA, add: ["E4"], remove: 0, saying: "nothing" },
      TICK,
      JOIN,
      TICK,
    ],
    "a dry run of a commit would take out what is missing": [
      TICK,
      POLICY,
      TICK,
      { do: "commit", room: ALPHA, add: [], remove: 1, saying: "both" },
      { do: "drift", room: ALPHA, how: "kick", name: "E2" },
      KICK,
      { do: "restart" },
    ],
    "the agent dies as it asks for a correction": [
      TICK,
      POLICY,
      TICK,
      KICK,
      { do: "crash", nth: 3, when: "after" },
      { do: "apply", room: ALPHA, confirm: true },
      TICK,
    ],
  };
  describe(`a room of drift policy ${drift} in a story`, () => {
    for (const [name, steps] of Object.entries(STORIES)) {
      it(`obeys the law when ${name}`, async () => {
        await tell(steps);
      });
    }

    it("is left alone until its policy is correct again", async () => {
      const world = await ModelWorld.start();
      const calls = async (...steps: readonly Step[]) => {
        const before = world.server.writes.length;
        for (const step of steps) await carryOut(step, world);
        obeys(world);
        return world.server.writes.length - before;
      };
      await calls(TICK, POLICY, TICK);
      expect(await calls(KICK, TICK)).to.equal(0);
      const types = world.watch.row(ALPHA)?.conditions.map(({ type }) => type);
      expect(types?.includes("Drifted")).to.equal(drift === "report");
      expect(await calls({ do: "policy", room: ALPHA, drift: "correct" }, TICK)).to.equal(1);
    });
  });
}
