import { expect } from "chai";
import { roomIntents } from "../../../agent/intent/commit-intents.ts";
import {
  ALREADY_USED,
  commitWords,
  confirmingCommits,
} from "../../../agent/intent/commit-words.ts";
import { whyNoOverrideBy } from "../../../agent/intent/override-persons.ts";
import { parseTrailers } from "../../../agent/intent/trailers.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const PATH = "rooms/a.room.yaml";
const OTHER = "rooms/b.room.yaml";
const spec = (version: number, roomId = "room-a") => aRoomSpec({ roomId, version });
const OVERRIDE = "Change it\n\nOverride-Window: customer is waiting\n";
const change = (version: number, message?: string): CommitStory => ({
  files: { [PATH]: spec(version) },
  ...(message === undefined ? {} : { message }),
});

interface Given {
  readonly history?: CommitRange["history"];
  readonly allowed?: readonly string[];
  readonly merged?: "own" | "all" | "none";
  readonly used?: readonly string[];
}

/** What the commits say of room-a, and the lines that do not count anywhere. */
function told(stories: readonly CommitStory[], given: Given = {}) {
  const { range, specs } = aCommitRange({ [PATH]: spec(1) }, stories, given.history);
  const intents = roomIntents({
    words: commitWords(range, given.merged),
    specs,
    roomOfPath: (path) => (path === PATH ? "room-a" : null),
    refusedItems: () => [],
    whyUsed: ({ oid }) => (given.used?.includes(oid) === true ? ALREADY_USED : null),
    whyNoOverride: whyNoOverrideBy(given.allowed ?? ["ada@example.org"]),
    standingOf: (roomId) => (roomId === "room-a" ? "own" : "foreign"),
  });
  const ignored = intents.reports.map(({ reason }) => reason);
  return { override: intents.rooms.get("room-a")?.override, ignored };
}

const COUNTS = { commit: "c1", actor: "Ada <ada@example.org>", reason: "customer is waiting" };

describe("Override-Window", () => {
  it("is read with its reason, next to other trailers", () => {
    const text =
      "Tidy up\n\nConfirm: room-a\nOverride-Window: it burns: now\nReviewed-by: B <b@c.d>\n";
    expect(parseTrailers(text)).to.deep.equal({
      trailers: [{ kind: "confirm", scope: ["room-a"] }],
      override: "it burns: now",
      ignored: [],
    });
  });

  for (const [name, message, reason] of [
    ["no reason", "Tidy up\n\nOverride-Window: \n", /gives no reason/],
    ["another case", "Tidy up\n\noverride-window: now\n", /not written exactly/],
    ["another spelling", "Tidy up\n\nOveride-Window: now\n", /key is not exactly/],
    ["the name of a header", "Tidy up\n\nX-Override-Window: now\n", /key is not exactly/],
    ["two of them", "Tidy up\n\nOverride-Window: a\nOverride-Window: b\n", /more than once/],
    ["prose around it", "Tidy up\n\nAnd so\nOverride-Window: now\n", /no trailers/],
    ["another paragraph", "Tidy up\n\nOverride-Window: now\n\nThe end.\n", /last paragraph/],
    ["the subject alone", "Override-Window: now\n", /last paragraph/],
    ["a revert", 'Revert "Tidy up"\n\nOverride-Window: now\n', /is a revert/],
    ["a folded line", "Tidy up\n\nOverride-Window: now\n  and then\n", /continues in the next/],
  ] as const)
    it(`does not count with ${name}, and says why`, () => {
      const { override, ignored } = parseTrailers(message);
      expect(override).to.equal(undefined);
      expect(ignored[0]?.reason).to.match(reason);
    });

  it("counts for the rooms that its commit changes", () => {
    expect(told([change(2, OVERRIDE)])).to.deep.equal({ override: COUNTS, ignored: [] });
    const both = `Change it\n\nConfirm: true\nOverride-Window: customer is waiting\n`;
    expect(told([change(2, both)]).override).to.deep.equal(COUNTS);
  });

  it("counts no more once a later commit on the branch changes the room", () => {
    expect(told([change(2, OVERRIDE), change(3)]).override).to.equal(undefined);
    const other = { files: { [OTHER]: spec(1, "room-b") } };
    expect(told([change(2, OVERRIDE), other]).override).to.deep.equal(COUNTS);
    expect(told([change(2), change(3, OVERRIDE)]).override).to.include({ commit: "c2" });
  });

  it("counts no more once a merge changes the room after it", () => {
    const side: CommitStory = { ...change(5), side: true };
    const merge: CommitStory = { ...change(6), merge: true };
    expect(told([side, change(2, OVERRIDE), merge]).override).to.equal(undefined);
    const quiet: CommitStory = { merge: true };
    expect(told([side, change(2, OVERRIDE), quiet]).override).to.include({ commit: "c2" });
  });

  it("counts in a merge commit, and not in one that a merge brings in", () => {
    const side: CommitStory = { ...change(5), side: true };
    expect(told([side, { ...change(5, OVERRIDE), merge: true }]).override).to.include({
      commit: "c2",
    });
    for (const merged of ["own", "none"] as const) {
      const { override, ignored } = told(
        [
          { ...side, message: OVERRIDE },
          { ...change(5), merge: true },
        ],
        { merged },
      );
      expect(override).to.equal(undefined);
      expect(ignored.join()).to.match(/came in by a merge/);
    }
  });

  for (const [name, stories, given, reason] of [
    ["nobody is allowed to", [change(2, OVERRIDE)], { allowed: [] }, /no person may override/],
    ["another person wrote it", [change(2, OVERRIDE)], { allowed: ["kim@x.y"] }, /the author Ada/],
    ["it is a first sync", [change(2, OVERRIDE)], { history: "first" }, /first this agent sees/],
    ["history is rewritten", [change(2, OVERRIDE)], { history: "rewritten" }, /not built on/],
    ["it was read before", [change(2, OVERRIDE)], { used: ["c1"] }, /AlreadyUsed/],
    ["the commit is a dry run", [change(2, `${OVERRIDE}Dry-Run: true\n`)], {}, /Dry-Run.*wins/],
    [
      "the commit is empty and a dry run of the room that it confirms",
      [{ empty: true, message: `${OVERRIDE}Confirm: room-a\nDry-Run: true\n` }],
      {},
      /Dry-Run.*wins.*changes no room/,
    ],
    ["the commit is empty", [{ empty: true, message: OVERRIDE }], {}, /changes no room/],
    [
      "the room is another source's",
      [{ files: { [OTHER]: spec(1, "room-b") }, message: OVERRIDE }],
      {},
      /changes no room/,
    ],
  ] as const)
    it(`does not count when ${name}, and says so`, () => {
      const { override, ignored } = told(stories, given);
      expect(override).to.equal(undefined);
      expect(ignored.join()).to.match(reason);
    });

  it("is remembered like a Confirm, so that it counts once", () => {
    const { range } = aCommitRange({}, [change(2, OVERRIDE), change(3)]);
    expect(confirmingCommits(range).map(({ oid }) => oid)).to.deep.equal(["c1"]);
  });
});

describe("whyNoOverrideBy", () => {
  const why = whyNoOverrideBy(["ada@example.org", "Kim@Example.org"]);
  const ada = "Ada <ada@example.org>";
  const eve = "Eve <eve@example.org>";

  it("wants author and committer among the persons, whatever the case", () => {
    expect(why({ author: ada, committer: ada })).to.equal(null);
    expect(why({ author: "A <ADA@example.ORG>", committer: "K <kim@example.org>" })).to.equal(null);
    expect(why({ author: ada, committer: eve })).to.include("the committer Eve");
    expect(why({ author: eve, committer: ada })).to.include("the author Eve");
  });

  it("takes no name, no part of an address and no list for a person", () => {
    for (const person of [
      "ada@example.org",
      "ada@example.org <eve@example.org>",
      "Eve <eve@example.org> <ada@example.org>x",
      "Eve <ada@example.org.evil>",
      "Eve <ada@example.org, eve@example.org>",
      "Eve <>",
      "",
    ])
      expect(why({ author: person, committer: ada }), person).to.be.a("string");
  });
});
