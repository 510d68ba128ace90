import { expect } from "chai";
import {
  neededSpecs,
  roomIntents,
  type RoomIntents,
} from "../../../agent/intent/commit-intents.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const specA = (version: number) => aRoomSpec({ roomId: "room-a", version });
const specB = (version: number) => aRoomSpec({ roomId: "room-b", version });
const START = { "a.yaml": specA(1), "b.yaml": specB(1) };
const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
const say = (...trailers: string[]) => `Change things\n\n${trailers.join("\n")}\n`;
const roomOfPath = (path: string) => PATHS[path] ?? null;
const touchA = (version: number, message = say("x: y")): CommitStory => ({
  message,
  files: { "a.yaml": specA(version) },
});

function told(stories: readonly CommitStory[], history?: CommitRange["history"]): RoomIntents {
  const { range, specs } = aCommitRange(START, stories, history);
  const words = commitWords(range);
  const read = new Set(history === "first" ? [] : neededSpecs(words, roomOfPath));
  return roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => read.has(oid))),
    roomOfPath,
    refusedItems: () => [],
    whyUsed: () => null,
    standingOf: (roomId) =>
      roomId === "room-x" ? "foreign" : ["room-a", "room-b"].includes(roomId) ? "own" : "free",
  });
}

/** By room: `on c1`, `off` or `unchanged`. */
function dryRuns({ rooms }: RoomIntents): Record<string, string> {
  return Object.fromEntries(
    [...rooms].map(([roomId, { dryRun }]) => [
      roomId,
      dryRun.kind === "on" ? `on ${dryRun.commit}` : dryRun.kind,
    ]),
  );
}

describe("roomIntents, dry runs", () => {
  const cases: readonly {
    name: string;
    stories: CommitStory[];
    history?: CommitRange["history"];
    want: Record<string, string>;
  }[] = [
    ...["Dry-Run: true", "dry-run: true"].map((line) => ({
      name: `\`${line}\` of a commit that touches no room concerns those that it confirms`,
      stories: [{ empty: true as const, message: say("Confirm: room-a, room-typo", line) }],
      want: { "room-a": "on c1" },
    })),
    {
      name: "`true` concerns what its commit touches",
      stories: [touchA(2, say("Dry-Run: true"))],
      want: { "room-a": "on c1" },
    },
    {
      name: "a name concerns that room, touched or not, and no other",
      stories: [touchA(2, say("Dry-Run: room-b"))],
      want: { "room-a": "off", "room-b": "on c1" },
    },
    {
      name: "the newest commit that touches the room decides",
      stories: [touchA(2, say("Dry-Run: true")), touchA(3)],
      want: { "room-a": "off" },
    },
    {
      name: "a newer commit that says it again decides",
      stories: [touchA(2), touchA(3, say("Dry-Run: true"))],
      want: { "room-a": "on c2" },
    },
    {
      name: "a changed seed is a touch",
      stories: [{ message: say("Dry-Run: room-a") }, { seedsOf: ["a.yaml"] }],
      want: { "room-a": "off" },
    },
    {
      name: "a commit that touches another room does not end it",
      stories: [touchA(2, say("Dry-Run: true")), { files: { "b.yaml": specB(2) } }],
      want: { "room-a": "on c1", "room-b": "off" },
    },
    {
      name: "a later `Confirm` by name ends it",
      stories: [touchA(2, say("Dry-Run: true")), { message: say("Confirm: room-a") }],
      want: { "room-a": "off" },
    },
    {
      name: "a later `Confirm: true` ends it where it touches",
      stories: [
        touchA(2, say("Dry-Run: true")),
        { message: say("Confirm: true"), files: { "b.yaml": specB(2) } },
      ],
      want: { "room-a": "on c1", "room-b": "off" },
    },
    {
      name: "it wins over `Confirm` in one commit",
      stories: [touchA(2, say("Confirm: room-a", "Dry-Run: true"))],
      want: { "room-a": "on c1" },
    },
    {
      name: "a merge that says nothing does not end it",
      stories: [touchA(2, say("Dry-Run: true")), { merge: true, files: { "a.yaml": specA(2) } }],
      want: { "room-a": "on c1" },
    },
    {
      name: "a merge that speaks decides for all it changes",
      stories: [
        touchA(2, say("Dry-Run: true")),
        { merge: true, message: say("Confirm: room-b"), files: { "a.yaml": specA(3) } },
      ],
      want: { "room-a": "off", "room-b": "off" },
    },
    {
      name: "a new file's room is found in the file",
      stories: [
        { message: say("Dry-Run: true"), files: { "new.yaml": aRoomSpec({ roomId: "room-n" }) } },
      ],
      want: { "room-n": "on c1" },
    },
    {
      name: "a file whose room changes concerns the new room too",
      stories: [
        { message: say("Dry-Run: true"), files: { "a.yaml": aRoomSpec({ roomId: "room-n" }) } },
      ],
      want: { "room-a": "on c1", "room-n": "on c1" },
    },
    {
      name: "a broken file concerns the room last seen at its path",
      stories: [{ message: say("Dry-Run: true"), files: { "a.yaml": "broken" } }],
      want: { "room-a": "on c1" },
    },
    {
      name: "a room of another source is not concerned",
      stories: [{ message: say("Dry-Run: room-x, room-b") }],
      want: { "room-b": "on c1" },
    },
    {
      name: "of a first head a name counts",
      stories: [touchA(2, say("Dry-Run: room-a"))],
      history: "first",
      want: { "room-a": "on c1" },
    },
    {
      name: "of a first head `true` does not count",
      stories: [touchA(2, say("Dry-Run: true"))],
      history: "first",
      want: { "room-a": "off" },
    },
    {
      name: "of a rewritten history a name counts",
      stories: [touchA(2, say("Dry-Run: room-a"))],
      history: "rewritten",
      want: { "room-a": "on c1" },
    },
    {
      name: "of a rewritten history `true` counts for the rooms that its commit touches",
      stories: [touchA(2, say("Dry-Run: true"))],
      history: "rewritten",
      want: { "room-a": "on c1" },
    },
    {
      name: "of a rewritten history the newest commit decides",
      stories: [touchA(2, say("Dry-Run: true")), touchA(3, say(""))],
      history: "rewritten",
      want: { "room-a": "off" },
    },
    {
      name: "of a rewritten history no Confirm ends one",
      stories: [touchA(2, say("Dry-Run: true")), touchA(3, say("Confirm: room-a"))],
      history: "rewritten",
      want: { "room-a": "off" },
    },
    {
      name: "of a rewritten history that says nothing no room is spoken of",
      stories: [touchA(2, say(""))],
      history: "rewritten",
      want: {},
    },
  ];
  for (const { name, stories, history, want } of cases) {
    it(name, () => {
      expect(dryRuns(told(stories, history))).to.deep.equal(want);
    });
  }

  it("tell rooms that are touched from rooms that are only named", () => {
    const { rooms } = told([touchA(2, say("Confirm: room-b"))]);
    const facts = [...rooms].map(([roomId, { touched, named }]) => ({ roomId, touched, named }));
    expect(facts).to.have.deep.members([
      { roomId: "room-a", touched: true, named: false },
      { roomId: "room-b", touched: false, named: true },
    ]);
  });
});

describe("roomIntents, what does not count", () => {
  const reported = (intents: RoomIntents) => ({
    ...Object.fromEntries(
      [...intents.rooms].map(([roomId, { ignored }]) => [
        roomId,
        ignored.map(({ commit, line }) => `${commit} ${line}`),
      ]),
    ),
    unplaced: intents.unplaced.map(({ commit, line }) => `${commit} ${line}`),
  });

  it("is reported on the rooms its commit touches", () => {
    expect(
      reported(told([touchA(2, say("confirm: true")), { files: { "b.yaml": specB(2) } }])),
    ).to.deep.equal({
      "room-a": ["c1 confirm: true"],
      "room-b": [],
      unplaced: [],
    });
  });

  it("is reported even of a merge, which stays one that says nothing", () => {
    const intents = told([
      { merge: true, message: say("confirm: true"), files: { "a.yaml": specA(2) } },
    ]);
    expect(reported(intents)).to.deep.equal({ "room-a": ["c1 confirm: true"], unplaced: [] });
    expect(intents.rooms.get("room-a")).to.include({ touched: false, named: false });
  });

  it("is reported on a room that it names, or nowhere", () => {
    const lines = (message: string) => reported(told([{ message: say(message) }]));
    expect(lines("confirm: room-x")).to.deep.equal({ unplaced: ["c1 confirm: room-x"] });
    const named = { "room-a": ["c1 confirm: room-a"], unplaced: [] };
    expect(lines("confirm: room-a")).to.deep.equal(named);
  });

  it("includes a confirmation that a dry run outdoes", () => {
    const intents = told([touchA(2, say("Confirm: room-a", "Dry-Run: true"))]);
    expect(reported(intents)).to.deep.equal({ "room-a": ["c1 Confirm: room-a"], unplaced: [] });
    expect(intents.rooms.get("room-a")?.ignored[0]?.reason).to.match(
      /`Dry-Run` about this room, which wins/u,
    );
  });

  it("includes a confirmation that a dry run of the same empty commit outdoes", () => {
    const intents = told([{ empty: true, message: say("Confirm: room-a", "Dry-Run: true") }]);
    expect(reported(intents)).to.deep.equal({ "room-a": ["c1 Confirm: room-a"], unplaced: [] });
    expect(intents.rooms.get("room-a")).to.include({ named: true, confirmedByName: false });
    expect(intents.rooms.get("room-a")?.confirmations).to.deep.equal([]);
  });

  it("includes rooms that are not this source's, by name", () => {
    const intents = told([touchA(2, say("Confirm: room-x, room-typo, room-b"))]);
    expect(
      intents.rooms.get("room-a")?.ignored.map(({ reason }) => reason.split(":")[0]),
    ).to.deep.equal([
      'room "room-x" belongs to another source',
      'no room "room-typo" belongs to this source',
    ]);
    expect([...intents.rooms.keys()]).to.have.members(["room-a", "room-b"]);
  });

  it("includes what a first head says besides named dry runs", () => {
    expect(
      reported(told([touchA(2, say("Confirm: true", "Dry-Run: true"))], "first")),
    ).to.deep.equal({
      "room-a": ["c1 Confirm: true", "c1 Dry-Run: true"],
      unplaced: [],
    });
  });
});

describe("neededSpecs", () => {
  const needed = (stories: readonly CommitStory[]) =>
    neededSpecs(commitWords(aCommitRange(START, stories).range), roomOfPath);

  it("is nothing when no commit says anything, however many files change", () => {
    expect(needed([touchA(2), { files: { "new.yaml": specA(3), "b.yaml": null } }])).to.deep.equal(
      [],
    );
  });

  it("is both versions of what a speaking commit touches, and no other file", () => {
    const silent: CommitStory = { files: { "b.yaml": specB(2) } };
    expect(needed([touchA(2, say("Confirm: true")), silent])).to.deep.equal(["blob1", "blob3"]);
  });

  it("is every version of a file whose room is named or unknown", () => {
    const stories = [
      touchA(2),
      { files: { "new.yaml": aRoomSpec({ roomId: "room-n" }), "b.yaml": specB(2) } },
      { message: say("Confirm: room-a") },
    ];
    expect(needed(stories)).to.have.members(["blob1", "blob3", "blob4"]);
  });
});
