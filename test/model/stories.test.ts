import { expect } from "chai";
import { tell, type Step } from "./model-steps.ts";

const [ALPHA, BETA] = ["room-alpha", "room-beta"] as const;
const TICK: Step = { do: "tick", times: 1 };
const EVERYBODY = ["E1", "E2", "E3", "E4", "E5", "E6"];
const post = (entities: readonly string[]) =>
  ({ do: "post", draft: { version: 1, entities, artifacts: [] }, confirm: false }) as const;
const quiet = { add: [], saying: "nothing" } as const;

/** Stories that once went wrong, or were once judged wrongly, as the property next door told them. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "the source is renamed and named as before again, and somebody changes a room": [
    { do: "configure", source: "rooms2" },
    TICK,
    { do: "configure", source: "specs" },
    TICK,
    { do: "drift", room: ALPHA, how: "kick", name: "E1" },
  ],
  "the source is renamed while a commit is on its way": [
    { do: "configure", source: "rooms2" },
    { do: "commit", room: ALPHA, add: ["E4"], remove: 0, saying: "nothing" },
    TICK,
    { do: "configure", source: "specs" },
    { do: "drift", room: ALPHA, how: "join", name: "X1" },
  ],
  "the last source is removed, a room drifts, and the source is back": [
    { do: "configure", source: null },
    { do: "drift", room: ALPHA, how: "kick", name: "E1" },
    { do: "drop", room: BETA },
    TICK,
    { do: "configure", source: "specs" },
  ],
  "a room is let go of while a pass over it is under way": [
    { do: "commit", room: ALPHA, remove: 0, ...quiet },
    { do: "drop", room: BETA },
    { do: "drift", room: BETA, how: "seed", name: "A1" },
    { do: "drift", room: ALPHA, how: "join", name: "X1" },
    TICK,
  ],
  "a room is let go of between the first read after a crash and the first call": [
    { do: "drift", room: BETA, how: "delete", name: "A1" },
    { do: "empty", saying: "nothing" },
    { do: "commit", room: ALPHA, remove: 0, ...quiet },
    { do: "drift", room: BETA, how: "kick", name: "E1" },
    { do: "crash", nth: 1, when: "before" },
  ],
  "a room is let go of between two calls of the first pass after a start": [
    { do: "lie", room: BETA, kind: "empty" },
    { do: "commit", room: ALPHA, remove: 0, ...quiet },
    { do: "drop", room: BETA },
    { do: "restart" },
  ],
  "the old spec comes back with another seed in a rewritten history, after a lie": [
    { do: "break", room: BETA },
    { do: "commit", room: BETA, add: ["E4", "E5", "A1"], remove: 0, saying: "nothing" },
    TICK,
    { do: "lie", room: BETA, kind: "empty" },
    { do: "forcePush", back: 2 },
    { do: "reseed", artifact: "A1", text: "other" },
    { do: "restart" },
    { do: "empty", saying: "nothing" },
  ],
  "a spec comes back just as it was, and the first look at it fails": [
    { do: "break", room: ALPHA },
    { do: "apply", room: ALPHA, confirm: false },
    { do: "drift", room: ALPHA, how: "join", name: "X1" },
    { do: "serverFault", kind: "down", left: 1 },
    { do: "revert", room: ALPHA, saying: "nothing" },
    { do: "apply", room: BETA, confirm: false },
    TICK,
  ],
  "what was confirmed before the file broke ends with the room's spec, and needs another confirmation when it comes back":
    [
      { do: "commit", room: BETA, remove: 4, add: [], saying: "confirmNamed" },
      { do: "break", room: BETA },
      TICK,
      { do: "empty", saying: "confirmNamed" },
      TICK,
      { do: "commit", room: BETA, remove: 0, ...quiet },
    ],
  "a merged branch names a room of which much is being refused": [
    { do: "commit", room: ALPHA, add: EVERYBODY, remove: 0, saying: "nothing" },
    TICK,
    { do: "commit", room: ALPHA, add: [], remove: 5, saying: "nothing" },
    TICK,
    { do: "sayMerged", room: ALPHA, saying: "confirmNamed" },
    TICK,
    { do: "merge", room: ALPHA, add: ["E2"], remove: 0, saying: "confirmNamed" },
    TICK,
  ],
  "a rewritten history brings back the old spec, and then the source runs empty": [
    { do: "commit", room: BETA, remove: 0, add: [], saying: "dryRunAll" },
    { do: "apply", room: ALPHA, confirm: false },
    { do: "forcePush", back: 1 },
    TICK,
    { do: "commit", room: BETA, remove: 9, add: ["A2"], saying: "nothing" },
    TICK,
    { do: "revert", room: ALPHA, saying: "nothing" },
    { do: "heal" },
    { do: "empty", saying: "nothing" },
    { do: "apply", room: ALPHA, confirm: false },
  ],
  "a newer spec overtakes the first pass after a crash": [
    { do: "drift", room: ALPHA, how: "seed", name: "A2" },
    { do: "crash", nth: 1, when: "before" },
    { do: "commit", room: ALPHA, remove: 0, ...quiet },
    { do: "post", draft: { version: 1, entities: [], artifacts: [] }, confirm: false },
  ],
  "a commit that could not be written down is reverted": [
    { do: "storeFault", left: 1 },
    { do: "commit", room: ALPHA, remove: 1, ...quiet },
    TICK,
    { do: "revert", room: ALPHA, saying: "nothing" },
    TICK,
  ],
  "what a dry run would add is put in by hand": [
    { do: "commit", room: ALPHA, add: ["A2"], remove: 0, saying: "both" },
    { do: "drift", room: ALPHA, how: "seed", name: "A2" },
    { do: "gitFault", kind: "Unreachable", left: 1 },
  ],
  "every room is named by the commit that takes all files away": [
    { do: "empty", saying: "confirmNamed" },
    TICK,
  ],
  "what was confirmed of a posted spec is named by the next one and left out by the last": [
    post(EVERYBODY),
    { do: "heal" },
    { do: "serverFault", kind: "refuse", left: 40 },
    { ...post(["E1"]), confirm: true },
    post(EVERYBODY),
    { do: "heal" },
    post(["E1"]),
    TICK,
  ],
  "two people post at the same time, and one of them confirms": [
    post(EVERYBODY),
    { do: "heal" },
    {
      do: "posts",
      posts: [
        { draft: post(["E1", "E2", "E3"]).draft, confirm: true },
        { draft: post([]).draft, confirm: false },
      ],
    },
    TICK,
    {
      do: "posts",
      posts: [
        { draft: post([]).draft, confirm: false },
        { draft: post(["E1"]).draft, confirm: true },
      ],
    },
    TICK,
  ],
  "what was confirmed of a posted spec does not come back with it": [
    post(EVERYBODY),
    { do: "heal" },
    { do: "serverFault", kind: "refuse", left: 40 },
    { ...post(["E1"]), confirm: true },
    post(["E2"]),
    { do: "heal" },
    post(["E1"]),
    TICK,
  ],
  "a revert follows on a rewritten history of which something is held": [
    { do: "commit", room: ALPHA, add: ["E4"], remove: 9, saying: "nothing" },
    { do: "revert", room: ALPHA, saying: "nothing" },
    { do: "restart" },
    { do: "forcePush", back: 1 },
    { do: "apply", room: ALPHA, confirm: false },
    { do: "revert", room: ALPHA, saying: "nothing" },
  ],
  "a seed changes, and a spec that is posted twice names it": [
    { do: "reseed", artifact: "A1", text: "other" },
    { do: "post", draft: { version: 1, entities: [], artifacts: ["A1"] }, confirm: false },
    TICK,
    { do: "post", draft: { version: 1, entities: [], artifacts: ["A1"] }, confirm: false },
  ],
  "a room is as it should be while its next try is a long time off": [
    { do: "serverFault", kind: "down", left: 3 },
    TICK,
    { do: "drop", room: BETA },
    { do: "serverFault", kind: "down", left: 5 },
    TICK,
    { do: "tick", times: 2 },
  ],
  "a newer commit comes in while a rewritten history is carried out by a person's yes": [
    { do: "commit", room: BETA, remove: 0, ...quiet },
    TICK,
    { do: "forcePush", back: 1 },
    TICK,
    { do: "storeFault", left: 2 },
    { do: "commit", room: BETA, remove: 2, ...quiet },
    TICK,
    { do: "crash", nth: 3, when: "after" },
    { do: "apply", room: BETA, confirm: true },
  ],
  "what was confirmed is named again by the file that a forced push brings back": [
    { do: "commit", room: BETA, remove: 2, add: [], saying: "confirmNamed" },
    { do: "break", room: BETA },
    TICK,
    { do: "forcePush", back: 2 },
    TICK,
    { do: "break", room: BETA },
    { do: "commit", room: BETA, remove: 0, ...quiet },
    { do: "crash", nth: 3, when: "before" },
  ],
  "a replica lags for one answer, and then for long": [
    { do: "commit", room: ALPHA, add: ["E4"], remove: 1, saying: "confirmNamed" },
    TICK,
    { do: "lag", back: 1, left: 1 },
    TICK,
    { do: "lag", back: 1, left: 6 },
    { do: "tick", times: 4 },
    { do: "restart" },
    { do: "tick", times: 4 },
  ],
  "a branch goes back over three heads, and returns": [
    { do: "commit", room: ALPHA, add: ["E4"], remove: 1, saying: "confirmAll" },
    TICK,
    { do: "commit", room: ALPHA, add: ["E5", "E6"], remove: 1, saying: "confirmNamed" },
    TICK,
    { do: "lag", back: 2, left: 4 },
    { do: "tick", times: 4 },
    { do: "lag", back: 1, left: 4 },
    { do: "tick", times: 4 },
  ],
  "another repository takes the address, and nobody accepts it": [
    { do: "replace", room: ALPHA, add: ["E5", "E6"], saying: "confirmNamed" },
    { do: "tick", times: 2 },
    { do: "drift", room: ALPHA, how: "kick", name: "E1" },
    { do: "restart" },
    { do: "apply", room: ALPHA, confirm: false },
    { do: "tick", times: 2 },
    { do: "back" },
    TICK,
  ],
  "another repository takes the address, is accepted, and the old one returns": [
    { do: "replace", room: ALPHA, add: ["E5", "E6"], saying: "confirmNamed" },
    TICK,
    { do: "accept" },
    { do: "crash", nth: 2, when: "after" },
    { do: "tick", times: 3 },
    { do: "commit", room: BETA, add: ["E4"], remove: 0, saying: "nothing" },
    TICK,
  ],
  "a RoomServer says yes to a join, a kick and a seed, and does none of them": [
    { do: "serverFault", kind: "forget", left: 3 },
    { do: "commit", room: ALPHA, add: ["E4", "A2"], remove: 1, saying: "nothing" },
    TICK,
  ],
  "new content of a seed is lost as often as the agent writes it": [
    { do: "serverFault", kind: "forget", left: 8 },
    { do: "reseed", artifact: "A1", text: "other" },
    { do: "tick", times: 6 },
    { do: "apply", room: BETA, confirm: false },
    TICK,
  ],
  "a room's first spec is lost on the way, and a stranger is there": [
    { do: "drift", room: "room-gamma", how: "join", name: "X1" },
    { do: "serverFault", kind: "forget", left: 2 },
    { do: "post", draft: { version: 1, entities: [], artifacts: ["A3"] }, confirm: false },
    { do: "apply", room: "room-gamma", confirm: true },
    TICK,
  ],
  "a removal that was confirmed is lost, and its confirmation is used up": [
    { do: "serverFault", kind: "forget", left: 9 },
    { do: "commit", room: ALPHA, add: [], remove: 3, saying: "confirmNamed" },
    TICK,
    { do: "heal" },
    { do: "apply", room: ALPHA, confirm: true },
  ],
  "a look that fails is not ended by an older one": [
    post(["E1"]),
    { do: "serverFault", kind: "down", left: 1 },
    { do: "drift", room: "room-gamma", how: "kick", name: "E1" },
    { do: "apply", room: "room-gamma", confirm: false },
    TICK,
  ],
  "a file goes after a dry run, and one that names nobody could be the room's": [
    { do: "commit", room: ALPHA, add: [], remove: 1, saying: "dryRunAll" },
    { do: "drop", room: BETA },
    TICK,
    { do: "break", room: BETA },
    { do: "drop", room: ALPHA },
    TICK,
  ],
};

describe("a story", () => {
  for (const [name, steps] of Object.entries(STORIES)) {
    it(`in which ${name}`, async () => {
      const world = await tell(steps);
      expect(world.complaints()).to.deep.equal([]);
    });
  }
});
