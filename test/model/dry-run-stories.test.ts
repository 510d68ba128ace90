import { expect } from "chai";
import { tell, type Step } from "./model-steps.ts";

const ROOM = "room-alpha";
const TICK: Step = { do: "tick", times: 1 };
const HELD: readonly Step[] = [
  { do: "commit", room: ROOM, remove: 1, add: ["E4"], saying: "dryRunAll" },
  TICK,
];

/** What leaves a room's inputs as they are, and what does not, while it is a dry run. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "its file breaks and is mended": [
    ...HELD,
    { do: "break", room: ROOM },
    TICK,
    { do: "revert", room: ROOM, saying: "nothing" },
    TICK,
  ],
  "its source is renamed and named as before again": [
    ...HELD,
    { do: "configure", source: "rooms2" },
    TICK,
    { do: "configure", source: "specs" },
    TICK,
  ],
  "its file goes and is back after a restart": [
    ...HELD,
    { do: "drop", room: ROOM },
    TICK,
    { do: "restart" },
    { do: "revert", room: ROOM, saying: "nothing" },
    TICK,
  ],
  "its commit is put in place of another one by a forced push": [
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    TICK,
    { do: "forcePush", back: 1 },
    ...HELD,
    { do: "tick", times: 3 },
  ],
  "the branch goes back to its commit": [
    ...HELD,
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    TICK,
    { do: "forcePush", back: 1 },
    { do: "tick", times: 6 },
  ],
  "its commit is dropped by a forced push, and so is the next one": [
    ...HELD,
    { do: "forcePush", back: 1 },
    { do: "tick", times: 4 },
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    { do: "heal" },
    { do: "forcePush", back: 1 },
    { do: "tick", times: 4 },
  ],
  "another commit is put in its place by a forced push, and dropped": [
    TICK,
    ...HELD,
    { do: "forcePush", back: 1 },
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    { do: "tick", times: 4 },
    { do: "commit", room: ROOM, remove: 0, add: ["E6"], saying: "nothing" },
    { do: "tick", times: 4 },
    { do: "forcePush", back: 1 },
    { do: "tick", times: 4 },
  ],
  "its commit took the file away, and the branch goes back to the spec before it": [
    { do: "commit", room: ROOM, remove: 0, add: [], saying: "nothing" },
    { do: "empty", saying: "both" },
    { do: "commit", room: ROOM, remove: 0, add: [], saying: "nothing" },
    { do: "heal" },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 4 },
  ],
  "its file goes in the same fetch, and the branch goes back to its commit": [
    TICK,
    { do: "merge", room: ROOM, remove: 1, add: ["E4"], saying: "dryRunNamed" },
    { do: "drop", room: ROOM },
    { do: "tick", times: 2 },
    { do: "forcePush", back: 1 },
    { do: "tick", times: 6 },
  ],
  "its file breaks in the same fetch, and the branch goes back to the spec before it": [
    { do: "commit", room: ROOM, remove: 1, add: ["E4"], saying: "dryRunAll" },
    { do: "break", room: ROOM },
    TICK,
    { do: "forcePush", back: 2 },
    { do: "tick", times: 4 },
  ],
  "it is of a room that comes back with the branch": [
    { do: "commit", room: ROOM, remove: 0, add: [], saying: "nothing" },
    TICK,
    { do: "drop", room: ROOM },
    TICK,
    { do: "forcePush", back: 2 },
    { do: "say", room: ROOM, saying: "dryRunNamed" },
    { do: "tick", times: 4 },
  ],
  "two of them and a third commit come at once, and the branch goes back to the first": [
    { do: "commit", room: ROOM, remove: 1, add: ["E4"], saying: "dryRunAll" },
    { do: "say", room: ROOM, saying: "nothing" },
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "dryRunAll" },
    { do: "commit", room: ROOM, remove: 0, add: ["E6"], saying: "nothing" },
    { do: "tick", times: 2 },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 6 },
  ],
  "a Confirm comes at once with the spec after it, and the branch goes back to it": [
    { do: "commit", room: ROOM, remove: 1, add: ["E4"], saying: "dryRunAll" },
    { do: "say", room: ROOM, saying: "nothing" },
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    { do: "say", room: ROOM, saying: "confirmNamed" },
    { do: "tick", times: 2 },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 6 },
  ],
  "it is back by a forced push, confirmed, left, and back by another one": [
    ...HELD,
    { do: "say", room: ROOM, saying: "nothing" },
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    TICK,
    { do: "forcePush", back: 1 },
    { do: "tick", times: 4 },
    { do: "say", room: ROOM, saying: "confirmNamed" },
    { do: "tick", times: 4 },
    { do: "commit", room: ROOM, remove: 0, add: ["E6"], saying: "nothing" },
    { do: "tick", times: 4 },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 6 },
  ],
  "it is confirmed, left by a forced push, and the branch is back at the Confirm": [
    ...HELD,
    { do: "say", room: ROOM, saying: "confirmNamed" },
    { do: "tick", times: 4 },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 6 },
    { do: "forth" },
    { do: "tick", times: 6 },
  ],
  "it is confirmed, and begins again without the Confirm, and with it": [
    ...HELD,
    { do: "say", room: ROOM, saying: "confirmNamed" },
    { do: "tick", times: 4 },
    { do: "forcePush", back: 2 },
    { do: "tick", times: 6 },
    { do: "forth" },
    { do: "forcePush", back: 1 },
    { do: "tick", times: 6 },
    { do: "forth" },
    { do: "tick", times: 6 },
  ],
  "a commit changes it, and it is named in a Confirm": [
    ...HELD,
    { do: "commit", room: ROOM, remove: 0, add: ["E5"], saying: "nothing" },
    TICK,
    ...HELD,
    { do: "say", room: ROOM, saying: "confirmNamed" },
    TICK,
  ],
};

describe("a dry run in a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`keeps the law when ${name}`, async () => {
      expect((await tell(steps)).complaints()).to.deep.equal([]);
    });
  }
});
