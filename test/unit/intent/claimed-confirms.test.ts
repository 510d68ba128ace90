import { expect } from "chai";
import {
  neededSpecs,
  roomIntents,
  type RoomIntents,
} from "../../../agent/intent/commit-intents.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import type { RoomStanding } from "../../../agent/intent/intent-question.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";

const ROOM = "room-x";
const say = (...trailers: string[]) => `Bring it\n\n${trailers.join("\n")}\n`;
const ids = (count: number) => ["E1", "E2", "E3", "E4"].slice(0, count);
const spec = (count: number) => aRoomSpec({ roomId: ROOM, entities: ids(count) });
/** A commit after which the room's file has so many entities. */
const has = (count: number, ...trailers: string[]): CommitStory => ({
  message: say(...trailers),
  files: { "x.yaml": spec(count) },
});
const NAMED = `Confirm: ${ROOM}`;
const ALL = "Confirm: true";

interface ReadGiven {
  readonly standing?: RoomStanding;
  readonly used?: string;
}

function read(stories: readonly CommitStory[], given: ReadGiven = {}): RoomIntents {
  const { standing = "foreign", used = "" } = given;
  const { range, specs } = aCommitRange({}, stories);
  const words = commitWords(range);
  const roomOfPath = () => null;
  const needed = new Set(neededSpecs(words, roomOfPath));
  return roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => needed.has(oid))),
    roomOfPath,
    refusedItems: () => [],
    whyUsed: ({ oid }) => (oid === used ? "it was read before" : null),
    standingOf: (roomId) => (roomId === ROOM ? standing : "free"),
  });
}

/** What is kept: the commit that names the room last, and what each commit confirms; and the beginnings of why words do not count. */
function kept(stories: readonly CommitStory[], given: ReadGiven = {}) {
  const { claims, reports } = read(stories, given);
  const { confirms } = claims.get(ROOM) ?? {};
  const named = confirms?.confirmedByName === true ? (confirms.naming?.originId ?? null) : null;
  const items = (confirms?.confirmations ?? []).map((one) => [one.originId, one.items]);
  const reasons = [...(confirms?.ignored ?? []), ...reports].map(({ reason }) => reason);
  return { named, items, reasons };
}

const STORIES: Readonly<Record<string, readonly CommitStory[]>> = {
  "a push brings the file and takes something out of it": [has(4), has(2, ALL)],
  "the same by name": [has(4), has(2, NAMED)],
  "a later commit gives some of it back": [has(4), has(1, ALL), has(2)],
  "a later commit takes out more": [has(4), has(3, NAMED), has(1)],
  "two commits confirm": [has(4), has(3, ALL), has(1, NAMED)],
  "a commit that changes nothing names the room": [has(4), has(2), { message: say(NAMED) }],
  "the confirming commit removes the file": [has(4), { ...has(2, ALL), files: { "x.yaml": null } }],
  "a dry run of the same commit": [has(4), has(2, ALL, "Dry-Run: true")],
  "a look-alike of a dry run": [has(4), has(2, NAMED, "dry-run: room-x")],
  "a merge brings it in": [
    has(4),
    { ...has(2, ALL), side: true },
    { ...has(2), message: "Merge", merge: true },
  ],
};

describe("a Confirm of commits that change the file of another source's room", () => {
  for (const [story, commits] of Object.entries(STORIES))
    it(`is what it would be if the room were no source's: ${story}`, () => {
      const intent = read(commits, { standing: "free" }).rooms.get(ROOM);
      const { confirms } = read(commits).claims.get(ROOM) ?? {};
      expect(confirms?.confirmations ?? []).to.deep.equal(intent?.confirmations);
      expect(confirms?.confirmedByName ?? false).to.equal(intent?.confirmedByName);
      const lines = intent?.ignored.filter(({ line }) => line.startsWith("Confirm"));
      expect(confirms?.ignored ?? []).to.deep.equal(lines);
    });

  it("covers with `true` what its own commit takes out of the file, until that is given back", () => {
    const out = ["entity/E3", "entity/E4"];
    expect(kept([has(4), has(2, ALL)]).items).to.deep.equal([["c2", out]]);
    expect(kept([has(4), has(2, ALL), has(3)]).items).to.deep.equal([["c2", ["entity/E4"]]]);
    expect(kept([has(4, ALL)])).to.deep.equal({ named: null, items: [], reasons: [] });
  });

  it("is kept where it names the room, and is not reported", () => {
    expect(kept([has(1, NAMED)])).to.deep.equal({ named: "c1", items: [], reasons: [] });
    expect(kept([has(1, NAMED), has(2, NAMED)]).named).to.equal("c2");
    expect(kept([has(1), { message: say(NAMED) }]).named).to.equal("c2");
  });

  it("names the room no more once a later commit changes the file", () => {
    const { claims } = read([has(1, NAMED), has(2)]);
    expect(claims.get(ROOM)?.confirms).to.include({ confirmedByName: false });
    expect(claims.get(ROOM)?.confirms?.naming?.originId).to.equal("c1");
  });

  it("has the line as it is written, with the names of other rooms", () => {
    const { claims } = read([has(4), has(2, `${NAMED}, room-y`)]);
    const { confirms } = claims.get(ROOM) ?? {};
    expect(confirms?.naming?.line).to.equal(`${NAMED}, room-y`);
    expect(confirms?.confirmations.map(({ line }) => line)).to.deep.equal([`${NAMED}, room-y`]);
  });

  it("is not kept, but reported, where the file is not changed, or the source may not have the room", () => {
    const { named, reasons } = kept([{ message: say(NAMED) }, has(1)]);
    expect([named, reasons.length]).to.deep.equal([null, 1]);
    expect(reasons[0]).to.include('room "room-x" belongs to another source');
    const barred = kept([has(1, NAMED)], { standing: "barred" });
    expect([barred.named, barred.reasons.length]).to.deep.equal([null, 1]);
    expect(barred.reasons[0]).to.include("this source may not manage room-x");
  });

  it("is not kept in a dry run, which is said, or read a second time", () => {
    const dry = kept([has(4), has(1, NAMED, "Dry-Run: true")]);
    expect([dry.named, dry.items, dry.reasons.length]).to.deep.equal([null, [], 1]);
    expect(dry.reasons[0]).to.include("the same commit says `Dry-Run`");
    const used = kept([has(4), has(1, NAMED)], { used: "c2" });
    expect([used.named, used.items]).to.deep.equal([null, []]);
  });
});
