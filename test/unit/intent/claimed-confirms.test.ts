import { expect } from "chai";
import { neededSpecs, roomIntents } from "../../../agent/intent/commit-intents.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import type { RoomStanding } from "../../../agent/intent/intent-question.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";

const say = (...trailers: string[]) => `Bring it\n\n${trailers.join("\n")}\n`;
const brings = (version: number, ...trailers: string[]): CommitStory => ({
  message: say(...trailers),
  files: { "x.yaml": aRoomSpec({ roomId: "room-x", version }) },
});
const NAMED = "Confirm: room-x";

/** What is kept of `Confirm` for room-x, and the reasons of what does not count. */
function kept(
  stories: readonly CommitStory[],
  given: { readonly standing?: RoomStanding; readonly used?: string } = {},
) {
  const { standing = "foreign", used = "" } = given;
  const { range, specs } = aCommitRange({}, stories);
  const words = commitWords(range);
  const roomOfPath = () => null;
  const read = new Set(neededSpecs(words, roomOfPath));
  const { claims, reports } = roomIntents({
    words,
    specs: new Map([...specs].filter(([oid]) => read.has(oid))),
    roomOfPath,
    refusedItems: () => [],
    whyUsed: ({ oid }) => (oid === used ? "it was read before" : null),
    standingOf: () => standing,
  });
  const { naming, outdated = [] } = claims.get("room-x") ?? {};
  return [
    naming?.originId ?? null,
    outdated.map(({ originId }) => originId),
    reports.map(({ reason }) => reason.split(":")[0]),
  ];
}

describe("a Confirm of a commit that brings a file for another source's room", () => {
  it("is kept where it names the room, and is not reported", () => {
    expect(kept([brings(1, NAMED)])).to.deep.equal(["c1", [], []]);
    expect(kept([brings(1, NAMED), brings(2, NAMED)])).to.deep.equal(["c2", [], []]);
  });

  it("is kept as too old once a later commit changes the file", () => {
    expect(kept([brings(1, NAMED), brings(2)])).to.deep.equal([null, ["c1"], []]);
  });

  it("is not kept, but reported, of a commit that changes another file, or where the source may not have the room", () => {
    const FOREIGN = 'room "room-x" belongs to another source';
    expect(kept([brings(1), { message: say(NAMED) }])).to.deep.equal([null, [], [FOREIGN]]);
    const [naming, , reasons] = kept([brings(1, NAMED)], { standing: "barred" });
    expect([naming, reasons]).to.deep.equal([null, ["this source may not manage room-x"]]);
  });

  it("is not kept without the name, in a dry run, or read a second time", () => {
    expect(kept([brings(1, "Confirm: true")])[0]).to.equal(null);
    expect(kept([brings(1, NAMED, "Dry-Run: room-x")])[0]).to.equal(null);
    expect(kept([brings(1, NAMED, "dry-run: room-x")])[0]).to.equal(null);
    expect(kept([brings(1, NAMED)], { used: "c1" })[0]).to.equal(null);
  });
});
