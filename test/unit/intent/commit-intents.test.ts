import { expect } from "chai";
import { roomIntents } from "../../../agent/intent/commit-intents.ts";
import type { IntentQuestion } from "../../../agent/intent/intent-question.ts";
import type { RoomIntent } from "../../../agent/intent/room-intent.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { ALREADY_USED, commitWords } from "../../../agent/intent/commit-words.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
const specB = (...entities: string[]) => aRoomSpec({ roomId: "room-b", entities });
const START = { "a.yaml": specA("e1", "e2", "e3"), "b.yaml": specB("e1", "e2") };
const say = (...trailers: string[]) => `Change things\n\n${trailers.join("\n")}\n`;

interface Told {
  /** Commits whose `Confirm` was read before. */
  readonly used?: readonly string[];
  readonly history?: CommitRange["history"];
  readonly refused?: Readonly<Record<string, readonly Item[]>>;
  readonly standing?: Readonly<Record<string, "own" | "foreign" | "free">>;
}

function told(stories: readonly CommitStory[], given: Told = {}) {
  const { range, specs } = aCommitRange(START, stories, given.history);
  const paths: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
  const standing = { "room-a": "own", "room-b": "own", ...given.standing } as const;
  const question: IntentQuestion = {
    words: commitWords(range),
    specs,
    roomOfPath: (path) => paths[path] ?? null,
    refusedItems: (roomId) => given.refused?.[roomId] ?? [],
    whyUsed: ({ oid }) => (given.used?.includes(oid) === true ? ALREADY_USED : null),
    standingOf: (roomId) => (standing as Record<string, "own">)[roomId] ?? "free",
  };
  return roomIntents(question);
}

/** By room, what each commit confirms: `c2! entity/e1` (the `!`: by name). */
function confirmed(rooms: ReadonlyMap<string, RoomIntent>): Record<string, string[]> {
  const entries = [...rooms].map(([roomId, { confirmations }]) => [
    roomId,
    confirmations.map(
      ({ originId, named, items }) => `${originId}${named ? "!" : ""} ${items.join(" ")}`,
    ),
  ]);
  return Object.fromEntries(entries.filter(([, list]) => list?.length !== 0));
}

const without3 = { "a.yaml": specA("e1", "e2") };
const without23 = { "a.yaml": specA("e1") };

describe("roomIntents, confirmations", () => {
  const cases: readonly {
    name: string;
    stories: CommitStory[];
    given?: Told;
    want: Record<string, string[]>;
  }[] = [
    {
      name: "`true` covers what its own commit takes out, in each room it touches",
      stories: [{ message: say("Confirm: true"), files: { ...without3, "b.yaml": specB() } }],
      given: { refused: { "room-a": ["entity/refused"] } },
      want: { "room-a": ["c1 entity/e3"], "room-b": ["c1 entity/e1 entity/e2"] },
    },
    {
      name: "`true` covers nothing that an earlier or a later commit takes out",
      stories: [
        { files: without3 },
        { message: say("Confirm: true"), files: without23 },
        { files: { "a.yaml": specA() } },
      ],
      want: { "room-a": ["c2 entity/e2"] },
    },
    {
      name: "confirmations add up",
      stories: [
        { message: say("Confirm: true"), files: without3 },
        { message: say("Confirm: true"), files: without23 },
      ],
      want: { "room-a": ["c1 entity/e3", "c2 entity/e2"] },
    },
    {
      name: "a name covers what was being refused, in that room alone",
      stories: [{ message: say("Confirm: room-a") }],
      given: {
        refused: { "room-a": ["entity/x", "policy/dmVisibilityDefault"], "room-b": ["entity/y"] },
      },
      want: { "room-a": ["c1! entity/x policy/dmVisibilityDefault"] },
    },
    {
      name: "a name covers what earlier commits of the fetch take out, not what later ones do",
      stories: [{ files: without3 }, { message: say("Confirm: room-a") }, { files: without23 }],
      given: { refused: { "room-a": ["entity/x"] } },
      want: { "room-a": ["c2! entity/e3 entity/x"] },
    },
    {
      name: "a name on a commit that touches the room covers what that commit takes out as well",
      stories: [{ files: without3 }, { message: say("Confirm: room-a, room-b"), files: without23 }],
      given: { refused: { "room-a": ["entity/x"] } },
      want: { "room-a": ["c2! entity/e2 entity/e3 entity/x"] },
    },
    {
      name: "a name covers nothing where nothing is refused or taken out",
      stories: [{ message: say("Confirm: room-a") }],
      want: {},
    },
    {
      name: "what a later commit puts back is covered no more, taken out again or not",
      stories: [
        { message: say("Confirm: true"), files: without23 },
        { message: 'Revert "Change things"\n', files: START },
        { files: without3 },
      ],
      want: {},
    },
    {
      name: "only what is put back is covered no more",
      stories: [{ message: say("Confirm: true"), files: without23 }, { files: without3 }],
      want: { "room-a": ["c1 entity/e3"] },
    },
    {
      name: "a name covers nothing that was put back before it",
      stories: [{ files: without3 }, { files: START }, { message: say("Confirm: room-a") }],
      want: {},
    },
    {
      name: "a removal is followed over a move of the file",
      stories: [
        { message: say("Confirm: true"), files: { "a.yaml": null, "moved.yaml": specA("e1") } },
      ],
      want: { "room-a": ["c1 entity/e2 entity/e3"] },
    },
    {
      name: "a file that vanishes takes nothing out",
      stories: [{ message: say("Confirm: room-a"), files: { "a.yaml": null } }],
      want: {},
    },
    {
      name: "a file that changes its room takes nothing out of either",
      stories: [
        {
          message: say("Confirm: true"),
          files: { "a.yaml": aRoomSpec({ roomId: "room-z", entities: [] }) },
        },
      ],
      want: {},
    },
    {
      name: "a file that breaks, or is mended, takes nothing out",
      stories: [
        { message: say("Confirm: true"), files: { "a.yaml": "broken" } },
        { message: say("Confirm: true"), files: without23 },
      ],
      want: {},
    },
    {
      name: "two files that share a room take nothing out",
      stories: [{ message: say("Confirm: true"), files: { ...without23, "twin.yaml": specA() } }],
      want: {},
    },
    {
      name: "a merge that says nothing takes nothing out",
      stories: [{ merge: true, files: without3 }, { message: say("Confirm: room-a") }],
      want: {},
    },
    {
      name: "a merge that speaks does so for all it changes against its first parent",
      stories: [
        {
          merge: true,
          message: say("Confirm: true"),
          files: { ...without23, "b.yaml": specB("e1") },
        },
      ],
      want: { "room-a": ["c1 entity/e2 entity/e3"], "room-b": ["c1 entity/e2"] },
    },
    {
      name: "`Dry-Run` wins over `Confirm` in one commit, room by room",
      stories: [
        {
          message: say("Confirm: true", "Dry-Run: room-a"),
          files: { ...without3, "b.yaml": specB("e1") },
        },
      ],
      want: { "room-b": ["c1 entity/e2"] },
    },
    {
      name: "no room of another source is covered, touched or named",
      stories: [
        { message: say("Confirm: true"), files: without3 },
        { message: say("Confirm: room-a") },
      ],
      given: { standing: { "room-a": "foreign" }, refused: { "room-a": ["entity/x"] } },
      want: {},
    },
    {
      name: "in a room of nobody only what this source's commits take out is covered",
      stories: [
        { message: say("Confirm: room-a"), files: without3 },
        { message: say("Confirm: room-b") },
      ],
      given: {
        standing: { "room-a": "free", "room-b": "free" },
        refused: { "room-a": ["entity/x"], "room-b": ["entity/y"] },
      },
      want: { "room-a": ["c1! entity/e3"] },
    },
    {
      name: "a first head confirms nothing",
      stories: [{ message: say("Confirm: room-a"), files: without3 }],
      given: { history: "first", refused: { "room-a": ["entity/x"] } },
      want: {},
    },
    {
      name: "a rewritten history confirms nothing",
      stories: [{ message: say("Confirm: room-a"), files: without3 }],
      given: { history: "rewritten", refused: { "room-a": ["entity/x"] } },
      want: {},
    },
  ];
  for (const { name, stories, given, want } of cases) {
    it(name, () => {
      expect(confirmed(told(stories, given).rooms)).to.deep.equal(want);
    });
  }

  it("say of a rewritten history why it does not count", () => {
    for (const line of ["Confirm: true", "Confirm: room-a"]) {
      const stories = [{ message: say(line), files: without3 }];
      const [ignored] = told(stories, { history: "rewritten" }).rooms.get("room-a")?.ignored ?? [];
      expect(ignored).to.include({ commit: "c1", line });
      expect(ignored?.reason).to.match(/not built on the head before it/);
    }
  });

  it("say who confirmed, and where", () => {
    const { rooms } = told([{ message: say("Confirm: true"), files: without3 }]);
    expect(rooms.get("room-a")?.confirmations).to.deep.equal([
      {
        origin: "commit",
        originId: "c1",
        actor: "Ada <ada@example.org>",
        named: false,
        line: "Confirm: true",
        items: ["entity/e3"],
      },
    ]);
  });
});

describe("roomIntents, confirmation by name", () => {
  const byName = (stories: readonly CommitStory[], given?: Told) =>
    told(stories, given).rooms.get("room-a")?.confirmedByName;

  it("is given by a commit that names the room, even if nothing is refused", () => {
    expect(byName([{ message: say("Confirm: room-a") }])).to.equal(true);
    expect(byName([{ message: say("Confirm: room-a"), files: without3 }])).to.equal(true);
    expect(byName([{ message: say("Confirm: room-a"), files: { "a.yaml": null } }])).to.equal(true);
  });

  it("is not given by `true`, nor together with a dry run, nor in a first head", () => {
    expect(byName([{ message: say("Confirm: true"), files: without3 }])).to.equal(false);
    expect(byName([{ message: say("Confirm: room-a", "Dry-Run: room-a") }])).to.equal(false);
    expect(
      byName([{ message: say("Confirm: room-a"), files: without3 }], { history: "first" }),
    ).to.equal(false);
  });

  it("ends when a later commit touches the room, unless that names it too", () => {
    const named = { message: say("Confirm: room-a") };
    expect(byName([named, { files: without3 }])).to.equal(false);
    expect(byName([named, { message: say("Confirm: room-a"), files: without3 }])).to.equal(true);
    expect(byName([named, { merge: true, files: without3 }])).to.equal(true);
  });
});

describe("roomIntents, commits that were read before", () => {
  const named = { message: say("Confirm: room-a"), files: without3 };
  const refused = { "room-a": ["entity/e9"] } as const;

  it("counts no Confirm of theirs, and tells why", () => {
    const first = told([named], { refused }).rooms.get("room-a");
    const [commit] = first?.confirmations.map(({ originId }) => originId) ?? [];
    expect(commit).to.be.a("string");
    const again = told([named], { refused, used: [commit ?? ""] }).rooms.get("room-a");
    expect(again).to.deep.include({ touched: true, confirmations: [], confirmedByName: false });
    expect(again?.dryRun).to.not.have.property("byName");
    expect(again?.ignored).to.have.length(1);
    expect(again?.ignored[0]).to.include({ commit, line: "Confirm: room-a" });
    expect(again?.ignored[0]?.reason).to.include("AlreadyUsed");
  });

  it("still makes a dry run of what they say is one", () => {
    const dry = { message: say("Dry-Run: true"), files: without3 };
    const { rooms } = told([dry], { used: ["c1", "c2"] });
    expect(rooms.get("room-a")?.dryRun.kind).to.equal("on");
  });
});
