import { expect } from "chai";
import { neededSpecs, roomIntents } from "../../../agent/intent/commit-intents.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import { parseTrailers } from "../../../agent/intent/trailers.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const body = (text: string) => `Shrink it\n\n${text}\n`;

/** Messages of which no \`Dry-Run\` counts: `touched`, the rooms that are named, or null where nobody asked for a dry run. */
const MESSAGES: readonly (readonly [string, string, unknown])[] = [
  ["the wrong case", body("dry-run: true"), "touched"],
  ["capitals", body("DRY-RUN: TRUE"), "touched"],
  ["another spelling", body("DryRun: true"), "touched"],
  ["a blank", body("dry run: true"), "touched"],
  ["a header's name", body("X-Dry-Run: true"), "touched"],
  ["a typing error", body("Dyr-Run: true"), "touched"],
  ["a letter too many", body("Dry-Runs: yes"), "touched"],
  ["another word for true", body("Dry-Run: yes"), "touched"],
  ["a remark behind it", body("Dry-Run: true # please"), "touched"],
  ["no value", body("Dry-Run:"), "touched"],
  ["no colon's space", body("Dry-Run:true"), "touched"],
  ["no colon", body("Dry-Run true"), "touched"],
  ["no colon, a tab", body("Dry-Run\ttrue"), "touched"],
  ["no colon, a remark", body("Dry-Run true # please"), "touched"],
  ["no colon, another case", body("dry run yes"), "touched"],
  ["no colon, a typing error", body("Dry-Rnu true"), "touched"],
  ["no colon, a sentence", body("Dry-Run is true."), "touched"],
  ["no colon, as the subject", "Dry-Run true\n", "touched"],
  ["no colon, above the last paragraph", body("Dry-Run true\n\nReviewed-by: A <a@b.c>"), "touched"],
  ["no colon below a trailer", body("Confirm: room-a\nDry-Run true"), "touched"],
  ["neither colon nor value", body("Dry-Run"), "touched"],
  ["an arrow", body("Dry-Run -> true"), "touched"],
  ["an equals sign", body("Dry-Run = true"), "touched"],
  ["an equals sign, another case", body("Dry-run = true"), "touched"],
  [
    "no colon, names",
    body("Dry-Run room-a, room-b"),
    { names: ["room-a", "room-b"], orTouched: true },
  ],
  [
    "no colon, another case, a name",
    body("dry-run lab-01"),
    { names: ["lab-01"], orTouched: true },
  ],
  ["no colon, a plain no", body("Dry-Run false"), null],
  ["prose that begins with the words", body("Dry-Run support for rooms."), null],
  ["prose that begins so in small letters", body("dry run works with room-01 now"), null],
  ["prose of two words", body("dry-run locally"), null],
  ["a version behind the words", body("dry-run 2"), null],
  ["a name as the subject, no colon", "Dry-Run room-a\n", null],
  ["a typographic hyphen", body("Dry\u2011Run: true"), "touched"],
  ["a Cyrillic letter", body("Dry-Run: tru\u0435"), { names: ["tru\u0435"], orTouched: true }],
  ["a list of a squash", body("* Shrink\n\nDry-Run: true\n\n* Tidy up\n\nDone."), "touched"],
  [
    "co-authors below a line",
    body("Dry-Run: true\n---------\n\nCo-authored-by: A <a@b.c>"),
    "touched",
  ],
  ["a git notes line", body("Dry-Run: true\n---\nmore"), "touched"],
  ["a paragraph above", body("Dry-Run: true\n\nReviewed-on: https://forge.test/1"), "touched"],
  ["below prose", body("They left.\nDry-Run: true"), "touched"],
  ["the subject", "Dry-Run: true\n", "touched"],
  ["the subject in lower case", "dry-run: true\n", "touched"],
  ["an exact key as the subject", "Dry-Run: shrink the room\n", "touched"],
  ["the end of the subject", "Shrink the room. Dry-Run: true\n", "touched"],
  ["the end of a sentence", body("Do it later, dry-run: true."), "touched"],
  ["twice", body("Dry-Run: true\nDry-Run: true"), "touched"],
  ["a revert", 'Revert "Shrink"\n\nDry-Run: true\n', "touched"],
  ["a message that is too long", body(`${"x".repeat(66_000)}\n\nDry-Run: true`), "touched"],
  ["a room's name", body("dry-run: room-a"), { names: ["room-a"], orTouched: true }],
  ["two names", body("dry-run: room-a, room-b"), { names: ["room-a", "room-b"], orTouched: true }],
  [
    "names without a comma",
    body("dry-run: room-a room-b"),
    { names: ["room-a", "room-b"], orTouched: false },
  ],
  ["a subject about a room", "dry-run: room-a\n", { names: ["room-a"], orTouched: false }],
  ["many other lines above", body(`${"> Confirm: true\n".repeat(50)}> Dry-Run: true`), "touched"],
  ["prose", body("This adds dry-run support."), null],
  ["prose that names the words", body("It says `Dry-Run: true` in the docs."), null],
  ["quoted words at the end", body('No more "Dry-Run: true"'), null],
  ["a plain no", body("Dry-Run: false"), null],
  ["a no in other words", body("dry-run: not needed any more"), null],
  ["off", body("dry-run: off"), null],
  ["a revert's quoted subject", 'Revert "Shrink. Dry-Run: true"\n\nThis reverts commit 1.\n', null],
  ["a look-alike of Confirm", body("confirm: true"), null],
];

describe("a look-alike of Dry-Run", () => {
  for (const [name, message, want] of MESSAGES) {
    it(`${want === null ? "does not ask" : "asks"} for a dry run: ${name}`, () => {
      const { trailers, ignored } = parseTrailers(message);
      expect(trailers).to.deep.equal([]);
      expect(
        ignored.map(({ asks }) => asks).find((asks) => asks !== undefined) ?? null,
      ).to.deep.equal(want);
    });
  }

  it("asks for the rooms of a subject in prose only if it names one", () => {
    const { ignored } = parseTrailers("dry-run: explain the plan\n");
    expect(ignored[0]?.asks).to.deep.equal({ names: ["explain", "the", "plan"], orTouched: false });
  });
});

const specA = (version: number) => aRoomSpec({ roomId: "room-a", version });
const START = { "a.yaml": specA(1), "b.yaml": aRoomSpec({ roomId: "room-b", version: 1 }) };
const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
const touchA = (version: number, text: string): CommitStory => ({
  message: text,
  files: { "a.yaml": specA(version) },
});

/** By room that is a dry run: `c1`, or `c1?` where a look-alike holds it. */
function dryRuns(
  stories: readonly CommitStory[],
  history?: CommitRange["history"],
): Record<string, string> {
  const { range, specs } = aCommitRange(START, stories, history);
  const words = commitWords(range);
  const roomOfPath = (path: string) => PATHS[path] ?? null;
  const read = new Set(neededSpecs(words, roomOfPath));
  const { rooms } = roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => read.has(oid))),
    roomOfPath,
    whyUsed: () => null,
    refusedItems: () => [],
    standingOf: (roomId) =>
      roomId === "room-x"
        ? "foreign"
        : /^room-[ab]$/.test(roomId) && history !== "first"
          ? "own"
          : "free",
  });
  return Object.fromEntries(
    [...rooms].flatMap(([roomId, { dryRun }]) =>
      dryRun.kind === "on"
        ? [[roomId, `${dryRun.commit}${dryRun.lookAlike === undefined ? "" : "?"}`]]
        : [],
    ),
  );
}

describe("roomIntents, look-alikes of Dry-Run", () => {
  const cases: readonly {
    readonly name: string;
    readonly stories: readonly CommitStory[];
    readonly history?: CommitRange["history"];
    readonly want: Record<string, string>;
  }[] = [
    {
      name: "hold what the commit touches",
      stories: [touchA(2, body("dry-run: true"))],
      want: { "room-a": "c1?" },
    },
    {
      name: "hold a room that is named, touched or not, and no other",
      stories: [touchA(2, body("dry-run: room-b"))],
      want: { "room-b": "c1?" },
    },
    {
      name: "hold what the commit touches if a name is no room",
      stories: [touchA(2, body("dry-run: room-q"))],
      want: { "room-a": "c1?", "room-q": "c1?" },
    },
    {
      name: "hold what the commit touches if the name in an exact Dry-Run is no room",
      stories: [touchA(2, body("Dry-Run: room-q"))],
      want: { "room-a": "c1?", "room-q": "c1" },
    },
    {
      name: "leave alone what a later commit makes of a room that was no source's when it was named",
      stories: [
        { message: body("Dry-Run: room-n, room-m") },
        { files: { "m.yaml": aRoomSpec({ roomId: "room-m" }) } },
      ],
      want: { "room-n": "c1" },
    },
    {
      name: "hold a room that is no source's and that they name",
      stories: [{ message: body("dry-run: room-n") }],
      want: { "room-n": "c1?" },
    },
    {
      name: "do not hold it for the name of another source's room",
      stories: [touchA(2, body("Dry-Run: room-x"))],
      want: {},
    },
    {
      name: "leave a room to the Dry-Run that counts",
      stories: [touchA(2, body("Talk: Dry-Run: true\n\nDry-Run: true"))],
      want: { "room-a": "c1" },
    },
    {
      name: "hold all that a merge changes",
      stories: [
        {
          merge: true,
          message: body("Dry-Run: true\n\nReviewed-on: x"),
          files: { "a.yaml": specA(2) },
        },
      ],
      want: { "room-a": "c1?" },
    },
    {
      name: "end when a later commit touches the room",
      stories: [touchA(2, body("dry-run: true")), touchA(3, body("Done."))],
      want: {},
    },
    {
      name: "end when a later commit names the room in Confirm",
      stories: [touchA(2, body("dry-run: true")), { message: body("Confirm: room-a") }],
      want: {},
    },
    {
      name: "win over a Confirm in the same commit",
      stories: [touchA(2, body("dry-run: true\n\nConfirm: room-a"))],
      want: { "room-a": "c1?" },
    },
    {
      name: "of a first head hold what they name",
      stories: [touchA(2, body("dry-run: room-a"))],
      history: "first",
      want: { "room-a": "c1?" },
    },
    {
      name: "of a first head hold nothing that they do not name",
      stories: [touchA(2, body("dry-run: true"))],
      history: "first",
      want: {},
    },
  ];
  for (const { name, stories, history, want } of cases) {
    it(name, () => {
      expect(dryRuns(stories, history)).to.deep.equal(want);
    });
  }
});
