import { expect } from "chai";
import { roomIntents } from "../../../agent/intent/commit-intents.ts";
import {
  ALREADY_USED,
  commitWords,
  type MergedCommits,
} from "../../../agent/intent/commit-words.ts";
import type { IntentQuestion } from "../../../agent/intent/intent-question.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const START = { "a.yaml": aRoomSpec({ roomId: "room-a", entities: ["e1", "e2", "e3"] }) };
const without3 = { "a.yaml": aRoomSpec({ roomId: "room-a", entities: ["e1", "e2"] }) };
const say = (...trailers: string[]) => `Change things\n\n${trailers.join("\n")}\n`;
const empty = (...trailers: string[]): CommitStory => ({ empty: true, message: say(...trailers) });

interface Given {
  readonly history?: CommitRange["history"];
  readonly merged?: MergedCommits;
  readonly used?: readonly string[];
  readonly awaitingConfirm?: readonly string[];
}

function intents(stories: readonly CommitStory[], given: Given = {}) {
  const { range, specs } = aCommitRange(START, stories, given.history);
  const { awaitingConfirm } = given;
  const question: IntentQuestion = {
    words: commitWords(range, given.merged),
    specs,
    roomOfPath: (path) => (path === "a.yaml" ? "room-a" : null),
    refusedItems: (roomId) => (roomId === "room-a" ? ["entity/refused"] : []),
    ...(awaitingConfirm === undefined ? {} : { awaitingConfirm }),
    whyUsed: ({ oid }) => (given.used?.includes(oid) === true ? ALREADY_USED : null),
    standingOf: (roomId) => (roomId === "room-a" ? "own" : "free"),
  };
  return roomIntents(question);
}

describe("a commit that changes no file", () => {
  const CONFIRM =
    "the commit changes no file, so `Confirm: true` names no room: write `Confirm: <room id>` in a new commit";
  const DRY_RUN =
    "the commit changes no file, so `Dry-Run: true` names no room: write `Dry-Run: <room id>` in a new commit";
  const IN_MERGE = "in the merge commit or a new commit on the branch";
  const cases: readonly {
    readonly name: string;
    readonly stories: readonly CommitStory[];
    readonly given?: Given;
    /** Lines that the source warns of, as `commit line: reason`; a pattern where another rule speaks. */
    readonly want: readonly (string | RegExp)[];
  }[] = [
    {
      name: "is reported for `Confirm: true`",
      stories: [empty("Confirm: true")],
      want: [`c1 Confirm: true: ${CONFIRM}`],
    },
    {
      name: "is reported for `Dry-Run: true`",
      stories: [empty("Dry-Run: true")],
      given: { awaitingConfirm: ["room-a"] },
      want: [`c1 Dry-Run: true: ${DRY_RUN}`],
    },
    {
      name: "is reported for each of both",
      stories: [empty("Confirm: true", "Dry-Run: true")],
      want: [`c1 Confirm: true: ${CONFIRM}`, `c1 Dry-Run: true: ${DRY_RUN}`],
    },
    {
      name: "is not reported when it says nothing, or names a room",
      stories: [{ empty: true }, empty("Confirm: room-a"), empty("Dry-Run: room-a")],
      want: [],
    },
    {
      name: "is reported for `true` next to a name",
      stories: [empty("Confirm: true", "Dry-Run: room-a")],
      want: [`c1 Confirm: true: ${CONFIRM}`],
    },
    {
      name: "is not meant by a commit that changes other files alone",
      stories: [{ message: say("Confirm: true") }, { message: say("Dry-Run: true") }],
      want: [],
    },
    {
      name: "names the rooms that wait for a confirmation",
      stories: [empty("Confirm: true")],
      given: { awaitingConfirm: ["room-a", "room-b"] },
      want: [`c1 Confirm: true: ${CONFIRM}. Waiting for a confirmation: room-a, room-b`],
    },
    {
      name: "names three of many rooms that wait",
      stories: [empty("Confirm: true")],
      given: { awaitingConfirm: ["room-a", "room-b", "room-c", "room-d"] },
      want: [
        `c1 Confirm: true: ${CONFIRM}. Waiting for a confirmation: room-a, room-b, room-c, … (4 in all)`,
      ],
    },
    {
      name: "is reported when a merge brings it in, and the merge that says nothing is not",
      stories: [
        { side: true, ...empty("Confirm: true") },
        { merge: true, empty: true },
      ],
      want: [`c1 Confirm: true: ${CONFIRM.replace("in a new commit", IN_MERGE)}`],
    },
    {
      name: "is reported when it is a merge that says something",
      stories: [
        { side: true, files: without3 },
        { merge: true, ...empty("Confirm: true") },
      ],
      want: [`c2 Confirm: true: ${CONFIRM}`],
    },
    {
      name: "is not meant by a merge that changes the branch",
      stories: [
        { side: true, files: without3 },
        { merge: true, message: say("Confirm: true"), files: without3 },
      ],
      want: [],
    },
    {
      name: "is reported once where merged commits may say nothing",
      stories: [{ side: true, ...empty("Confirm: true") }, { merge: true }],
      given: { merged: "none" },
      want: [/MergedCommits is `none`/],
    },
    {
      name: "is reported once as the first commit that the agent sees",
      stories: [empty("Confirm: true")],
      given: { history: "first" },
      want: [/the first this agent sees/],
    },
    {
      name: "is reported once in a rewritten history, where its `Dry-Run` counts as anywhere",
      stories: [empty("Confirm: true", "Dry-Run: true")],
      given: { history: "rewritten" },
      want: [/not built on the head before it/, `c1 Dry-Run: true: ${DRY_RUN}`],
    },
    {
      name: "is reported once when it is read again",
      stories: [empty("Confirm: true")],
      given: { used: ["c1"] },
      want: [/AlreadyUsed/],
    },
  ];
  for (const { name, stories, given, want } of cases) {
    it(name, () => {
      const { unplaced, reports } = intents(stories, given);
      const told = unplaced.map(({ commit, line, reason }) => `${commit} ${line}: ${reason}`);
      expect(told).to.have.length(want.length);
      for (const [index, one] of want.entries()) {
        if (typeof one === "string") expect(told[index]).to.equal(one);
        else expect(told[index]).to.match(one);
      }
      expect(reports).to.have.length(want.length);
    });
  }

  it("leaves every room as it was with `true`, and confirms what is refused with a name", () => {
    expect([...intents([empty("Confirm: true", "Dry-Run: true")]).rooms]).to.deep.equal([]);
    const { rooms } = intents([empty("Confirm: true"), empty("Confirm: room-a")]);
    expect(rooms.get("room-a")?.confirmations).to.have.length(1);
    expect(rooms.get("room-a")?.confirmations[0]).to.deep.include({
      originId: "c2",
      items: ["entity/refused"],
    });
  });

  it("is bounded in what it reports, however many there are", () => {
    const { unplaced } = intents(Array.from({ length: 1000 }, () => empty("Confirm: true")));
    expect(unplaced).to.have.length(6);
    expect(unplaced[0]?.reason).to.include("995 older lines");
  });
});
