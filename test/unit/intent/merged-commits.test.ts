import { expect } from "chai";
import { neededSpecs, roomIntents } from "../../../agent/intent/commit-intents.ts";
import { commitWords, type MergedCommits } from "../../../agent/intent/commit-words.ts";
import { firstParentLine } from "../../../agent/intent/first-parent-line.ts";
import type { RoomIntent } from "../../../agent/intent/room-intent.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
const START = {
  "a.yaml": specA("e1", "e2", "e3"),
  "b.yaml": aRoomSpec({ roomId: "room-b", entities: ["e1"] }),
};
const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
const say = (...trailers: string[]) => `Change things\n\n${trailers.join("\n")}\n`;
const REFUSED: Readonly<Record<string, readonly Item[]>> = { "room-a": ["entity/x"] };

interface Said {
  readonly confirmed: readonly string[];
  readonly byName: boolean;
  readonly dryRun: string;
  readonly ignored: readonly string[];
}

/** What the commits say about room-a. */
function said(stories: readonly CommitStory[], merged: MergedCommits = "own"): Said {
  const { range, specs } = aCommitRange(START, stories);
  const words = commitWords(range, merged);
  const roomOfPath = (path: string) => PATHS[path] ?? null;
  const read = new Set(neededSpecs(words, roomOfPath));
  const { rooms, unplaced } = roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => read.has(oid))),
    roomOfPath,
    whyUsed: () => null,
    refusedItems: (roomId) => REFUSED[roomId] ?? [],
    standingOf: (roomId) => (/^room-[ab]$/.test(roomId) ? "own" : "free"),
  });
  const room: RoomIntent | undefined = rooms.get("room-a");
  const { dryRun } = room ?? {};
  return {
    confirmed: (room?.confirmations ?? []).map(
      ({ originId, named, items }) => `${originId}${named ? "!" : ""} ${items.join(" ")}`,
    ),
    byName: room?.confirmedByName ?? false,
    dryRun:
      dryRun?.kind === "on"
        ? `${dryRun.commit}${dryRun.lookAlike === undefined ? "" : "?"}`
        : (dryRun?.kind ?? "unchanged"),
    ignored: [...(room?.ignored ?? []), ...unplaced].map(({ commit, line }) => `${commit} ${line}`),
  };
}

const NOTHING: Said = { confirmed: [], byName: false, dryRun: "unchanged", ignored: [] };
const without3 = { "a.yaml": specA("e1", "e2") };

describe("commits that a merge brings in", () => {
  const cases: readonly {
    readonly name: string;
    readonly stories: readonly CommitStory[];
    readonly merged?: MergedCommits;
    readonly want: Partial<Said>;
  }[] = [
    {
      name: "confirm by name nothing that was being refused",
      stories: [
        { side: true, message: say("Confirm: room-a"), files: {} },
        { merge: true, files: {} },
      ],
      want: { ignored: ["c1 Confirm: room-a"] },
    },
    {
      name: "confirm with `true` what they take out, if the merge does",
      stories: [
        { side: true, message: say("Confirm: true"), files: without3 },
        { merge: true, files: without3 },
      ],
      want: { confirmed: ["c1 entity/e3"], dryRun: "off" },
    },
    {
      name: "confirm by name what they take out, and nothing else, and no version",
      stories: [
        { side: true, message: say("Confirm: room-a"), files: without3 },
        { merge: true, files: without3 },
      ],
      want: { confirmed: ["c1 entity/e3"], dryRun: "off" },
    },
    {
      name: "confirm nothing that the branch lost before",
      stories: [
        { files: without3 },
        { side: "start", message: say("Confirm: true"), files: without3 },
        { merge: true, files: {} },
      ],
      want: { dryRun: "off", ignored: ["c2 Confirm: true"] },
    },
    {
      name: "confirm nothing that the merge keeps",
      stories: [
        { side: true, message: say("Confirm: true"), files: without3 },
        { merge: true, files: {} },
      ],
      want: { dryRun: "off", ignored: ["c1 Confirm: true"] },
    },
    {
      name: "confirm nothing by merging the branch into theirs",
      stories: [
        { files: without3 },
        { side: "start", message: say("Confirm: true"), files: without3, merge: true },
        { merge: true, files: {} },
      ],
      want: { dryRun: "off", ignored: ["c2 Confirm: true"] },
    },
    {
      name: "confirm nothing that is put back on the way",
      stories: [
        { side: true, message: say("Confirm: true"), files: without3 },
        { side: true, files: { "a.yaml": START["a.yaml"] } },
        { merge: true, files: {} },
      ],
      want: { dryRun: "off" },
    },
    {
      name: "hold what they touch as a dry run",
      stories: [
        { side: true, message: say("Dry-Run: true"), files: without3 },
        { merge: true, files: without3 },
      ],
      want: { dryRun: "c1" },
    },
    {
      name: "hold no room that they only name",
      stories: [
        { side: true, message: say("Dry-Run: room-a"), files: {} },
        { merge: true, files: {} },
      ],
      want: { ignored: ["c1 Dry-Run: room-a"] },
    },
    {
      name: "end no dry run of a room that they only name",
      stories: [
        { message: say("Dry-Run: true"), files: without3 },
        { side: true, message: say("Confirm: room-a"), files: {} },
        { merge: true, files: {} },
      ],
      want: { dryRun: "c1", ignored: ["c2 Confirm: room-a"] },
    },
    {
      name: "leave the word to the merge, which counts in full",
      stories: [
        { side: true, files: without3 },
        { merge: true, message: say("Confirm: room-a"), files: without3 },
      ],
      want: { confirmed: ["c2! entity/e3 entity/x"], byName: true, dryRun: "off" },
    },
    {
      name: "count in full with `all`",
      merged: "all",
      stories: [
        { side: true, message: say("Confirm: room-a"), files: {} },
        { merge: true, files: {} },
      ],
      want: { confirmed: ["c1! entity/x"], byName: true, dryRun: "off" },
    },
    {
      name: "say nothing with `none`",
      merged: "none",
      stories: [
        { side: true, message: say("Confirm: true"), files: without3 },
        { merge: true, files: without3 },
      ],
      want: { dryRun: "off", ignored: ["c1 Confirm: true"] },
    },
    {
      name: "hold what they touch with `none`, too",
      merged: "none",
      stories: [
        { side: true, message: say("Dry-Run: true"), files: without3 },
        { merge: true, files: without3 },
      ],
      want: { dryRun: "c1?", ignored: ["c1 Dry-Run: true"] },
    },
  ];
  for (const { name, stories, merged, want } of cases) {
    it(name, () => {
      expect(said(stories, merged)).to.deep.equal({ ...NOTHING, ...want });
    });
  }

  it("count in full when the branch was moved to them without a merge", () => {
    expect(said([{ message: say("Confirm: room-a"), files: {} }])).to.deep.include({
      confirmed: ["c1! entity/x"],
      byName: true,
    });
  });
});

describe("firstParentLine", () => {
  const commit = (oid: string, ...parents: string[]) => ({
    oid,
    parents,
    message: "",
    author: "",
    committer: "",
    committedAtMs: 0,
    touches: [],
  });
  const lineOf = (...commits: ReturnType<typeof commit>[]) => [...firstParentLine(commits)].sort();

  it("is every commit of a straight line", () => {
    expect(lineOf(commit("a", "p"), commit("b", "a"))).to.deep.equal(["a", "b"]);
    expect(lineOf()).to.deep.equal([]);
  });

  it("leaves out what an octopus merge brings in", () => {
    const octopus = [
      commit("a", "p"),
      commit("s", "p"),
      commit("t", "p"),
      commit("m", "a", "s", "t"),
    ];
    expect(lineOf(...octopus)).to.deep.equal(["a", "m"]);
  });

  it("follows the head where branches were merged both ways", () => {
    // main p..a, side p..s; main merges side (m), side merges main (n), main is moved to a merge of both.
    const crossed = [
      commit("a", "p"),
      commit("s", "p"),
      commit("m", "a", "s"),
      commit("n", "s", "a"),
      commit("x", "m", "n"),
    ];
    expect(lineOf(...crossed)).to.deep.equal(["a", "m", "x"]);
  });

  it("is the branch's own commits when it merged main and main was moved to it", () => {
    const moved = [commit("s", "p"), commit("a", "p"), commit("n", "s", "a")];
    expect(lineOf(...moved)).to.deep.equal(["n", "s"]);
  });
});
