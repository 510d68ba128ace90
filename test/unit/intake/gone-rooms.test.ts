import { expect } from "chai";
import { isLeftBehind, judgeGone, type GoneFacts } from "../../../agent/intake/gone-rooms.ts";
import type { CommitRecord } from "../../../agent/source/spec-source.ts";

const PATH = "rooms/lab.room.yaml";

function commit(oid: string, after: string | null, path = PATH): CommitRecord {
  return {
    oid,
    parents: [],
    message: "",
    author: "Ada <ada@example.org>",
    committer: "Ada <ada@example.org>",
    committedAtMs: 0,
    touches: [{ path, before: "b", after }],
  };
}

const removal = commit("c1", null);

/** A room whose file a commit removed while everything else is as it should be for a prune. */
const FACTS: GoneFacts = {
  prunes: true,
  path: PATH,
  range: { history: "descends", commits: [removal] },
  withoutCommits: false,
  isNewPlace: false,
  isSameRef: true,
  files: 1,
  renamedTo: null,
  hasOtherRoom: false,
  atHead: null,
  isClaimedElsewhere: false,
};

const descends = (...commits: readonly CommitRecord[]) =>
  ({ history: "descends", commits }) as const;

const ORPHANED: readonly (readonly [string, Partial<GoneFacts>, string])[] = [
  ["the source does not prune", { prunes: false }, "off"],
  ["it is a first snapshot", { range: { history: "first", commits: [removal] } }, "first"],
  [
    "the history was rewritten",
    { range: { history: "rewritten", commits: [removal] } },
    "rewritten",
  ],
  ["another ref is followed", { isSameRef: false }, "ref"],
  ["the source was emptied, whoever allows that", { files: 0 }, "no spec"],
  ["it was renamed to a name that is not read", { renamedTo: "rooms/x.yaml" }, "rooms/x.yaml"],
  ["the file names another room", { hasOtherRoom: true }, "another room"],
  ["its file moved to another source", { atHead: "its file moved to b/lab" }, "moved to b/lab"],
  ["another source names the room", { isClaimedElsewhere: true }, "another source"],
  ["no commit is known (other sources changed)", { range: descends() }, "no commit"],
  ["commits touch other files alone", { range: descends(commit("c1", null, "x")) }, "no commit"],
  [
    "the newest commit that touches it keeps it",
    { range: descends(removal, commit("c2", "a")) },
    "no",
  ],
  [
    "a folder was first seen without it",
    { withoutCommits: true, range: { history: "first", commits: [] } },
    "first",
  ],
];

const PRUNED: readonly (readonly [string, Partial<GoneFacts>, string | null])[] = [
  ["a commit removed its file", {}, "c1"],
  ["it was removed after other changes", { range: descends(commit("c0", "a"), removal) }, "c1"],
  ["commits to other files follow", { range: descends(removal, commit("c2", "a", "x")) }, "c1"],
  ["it was removed from a folder", { withoutCommits: true, range: descends() }, null],
];

describe("a room of which no file is left", () => {
  for (const [name, facts, why] of ORPHANED) {
    it(`is an orphan where ${name}`, () => {
      const judged = judgeGone({ ...FACTS, ...facts });
      expect(judged.kind).to.equal("orphan");
      expect(judged.kind === "orphan" ? judged.why : "").to.include(why);
    });
  }

  for (const [name, facts, oid] of PRUNED) {
    it(`is pruned where ${name}`, () => {
      const judged = judgeGone({ ...FACTS, ...facts });
      expect(judged.kind).to.equal("prune");
      expect(judged.kind === "prune" ? (judged.removedBy?.oid ?? null) : "").to.equal(oid);
    });
  }
});

const FIRST = { isNewPlace: true, range: { history: "first", commits: [] } } as const;
const OTHER_REF = { isSameRef: false, range: { history: "rewritten", commits: [] } } as const;

const LEFT_BEHIND: readonly (readonly [string, Partial<GoneFacts>, boolean])[] = [
  ["its source is read from another place", FIRST, true],
  ["its source does so and does not prune", { ...FIRST, prunes: false }, true],
  ["the folder that its source reads is another one", { ...FIRST, withoutCommits: true }, true],
  ["the path has the file of another room there", { ...FIRST, hasOtherRoom: true }, true],
  ["its source follows another ref that is not built on the one before", OTHER_REF, true],
  ["a first sync that was interrupted finds it removed", { ...FIRST, isNewPlace: false }, false],
  ["the other ref is built on the one before, so commits show it", { isSameRef: false }, false],
  ["the branch was rewritten", { ...OTHER_REF, isSameRef: true }, false],
  ["a commit removed its file", {}, false],
  ["its source may be empty", { ...FIRST, files: 0 }, false],
  ["its file was renamed", { ...FIRST, renamedTo: "rooms/x.yaml" }, false],
  ["its file moved to another source", { ...FIRST, atHead: "its file moved to b/lab" }, false],
  ["another source names it", { ...FIRST, isClaimedElsewhere: true }, false],
];

describe("a room of which no file is left needs a person for its configuration", () => {
  for (const [name, facts, want] of LEFT_BEHIND) {
    it(`${want ? "where" : "not where"} ${name}`, () => {
      expect(isLeftBehind({ ...FACTS, ...facts })).to.equal(want);
    });
  }
});
