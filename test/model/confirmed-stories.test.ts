import { expect } from "chai";
import { tell, type Step } from "./model-steps.ts";

const BETA = "room-beta";
const TICK: Step = { do: "tick", times: 1 };
/** Long enough for a second read of a room that lost much. */
const TICKS: Step = { do: "tick", times: 4 };
const PASS: Step = { do: "apply", room: BETA, confirm: false };
const drift = (how: "join" | "kick") =>
  ["E1", "E2", "E3"].map((name): Step => ({ do: "drift", room: BETA, how, name }));

/** Stories of what people confirmed, and of what it must not cover. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "what a commit confirms leaves by itself, and somebody brings it back": [
    ...drift("kick"),
    { do: "commit", room: BETA, add: [], remove: 4, saying: "confirmAll" },
    TICKS,
    ...drift("join"),
    PASS,
    TICK,
  ],
  "the same of a commit that names the room, and the agent starts again": [
    ...drift("kick"),
    { do: "commit", room: BETA, add: [], remove: 4, saying: "confirmNamed" },
    TICKS,
    { do: "restart" },
    ...drift("join"),
    PASS,
    TICK,
  ],
  "a commit confirms, and its source has another name when it is read, and then the first again": [
    { do: "commit", room: "room-alpha", add: [], remove: 9, saying: "confirmNamed" },
    { do: "configure", source: "rooms2" },
    { do: "configure", source: "specs" },
    TICKS,
  ],
  "a file comes back to its source under another name, and its commit names the room": [
    { do: "drop", room: "room-alpha" },
    TICK,
    { do: "configure", source: "rooms2" },
    { do: "commit", room: "room-alpha", add: [], remove: 0, saying: "confirmNamed" },
    TICKS,
  ],
  "a request confirms what is enforced in the place of a file that breaks": [
    { do: "commit", room: BETA, add: [], remove: 0, saying: "nothing" },
    TICK,
    { do: "forcePush", back: 1 },
    { do: "commit", room: BETA, add: [], remove: 1, saying: "nothing" },
    TICK,
    { do: "forcePush", back: 1 },
    { do: "heal" },
    { do: "break", room: BETA },
    { do: "apply", room: BETA, confirm: true },
  ],
  "a commit confirms and takes the file away, and a spec that names the items again is back": [
    { do: "break", room: BETA },
    TICK,
    { do: "forcePush", back: 1 },
    { do: "commit", room: BETA, add: [], remove: 1, saying: "nothing" },
    { do: "commit", room: BETA, add: ["A2"], remove: 0, saying: "nothing" },
    TICK,
    { do: "forcePush", back: 2 },
    { do: "configure", source: "rooms2" },
    { do: "empty", saying: "confirmNamed" },
    TICK,
    { do: "forcePush", back: 1 },
    TICK,
  ],
  "what a request confirms cannot be kicked, and leaves by itself": [
    { do: "commit", room: BETA, add: [], remove: 4, saying: "nothing" },
    TICK,
    { do: "serverFault", kind: "down", left: 4 },
    { do: "apply", room: BETA, confirm: true },
    ...drift("kick"),
    { do: "heal" },
    TICKS,
    ...drift("join"),
    PASS,
    TICK,
  ],
};

describe("a story of a yes", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`in which ${name}`, async () => {
      const world = await tell(steps);
      expect(world.complaints()).to.deep.equal([]);
    });
  }
});
