import { expect } from "chai";
import { attentionOf } from "../../agent/status/attention.ts";
import { carryOut, obeys, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

const ALPHA = "room-alpha";
const DOWN: Step = { do: "serverFault", kind: "down", left: 2000 };
const commit = (name: string): Step => ({
  do: "commit",
  room: ALPHA,
  add: [name],
  remove: 0,
  saying: "nothing",
});
/** Longer than a minute and the longest backoff. */
const LONG: Step = { do: "tick", times: 40 };
const SHORT: Step = { do: "tick", times: 2 };

/** What happens while no call is answered. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "nothing else happens": [LONG],
  "commits come one after the other": [SHORT, commit("E6"), SHORT, commit("A2"), LONG],
  "the agent starts again": [SHORT, { do: "restart" }, LONG],
};

describe("a room that fails for long in a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`needs a person until a pass succeeds: ${name}`, async () => {
      const world = await ModelWorld.start();
      for (const step of [commit("E4"), SHORT, DOWN, commit("E5"), ...steps]) {
        await carryOut(step, world);
        obeys(world);
      }
      const attention = () => {
        const row = world.watch.row(ALPHA);
        return row === null ? "no row" : (attentionOf(row)?.reason ?? null);
      };
      expect(attention()).to.equal("RoomServerUnavailable");
      await world.heal(10);
      obeys(world);
      expect(attention()).to.equal(null);
    });
  }
});
