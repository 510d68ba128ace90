import { expect } from "chai";
import { neededSpecs, roomIntents, withoutConfirms } from "../../../agent/intent/commit-intents.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import { aCommitRange } from "./a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
const specB = (...entities: string[]) => aRoomSpec({ roomId: "room-b", entities });
const START = { "a.yaml": specA("e1", "e2", "e3"), "b.yaml": specB("e1", "e2") };
const say = (...trailers: string[]) => `Change things\n\n${trailers.join("\n")}\n`;
const without3 = { "a.yaml": specA("e1", "e2") };
const without23 = { "a.yaml": specA("e1") };

describe("roomIntents, where not all specs could be read", () => {
  it("lets no `Confirm` count and says so, and keeps a `Dry-Run` of rooms that are known", () => {
    const stories = [
      { message: say("Confirm: true"), files: without3 },
      { message: say("Confirm: room-b"), files: { "b.yaml": specB("e1") } },
      { message: say("Dry-Run: true", "Confirm: room-b"), files: without23 },
    ];
    const { range } = aCommitRange(START, stories);
    const paths: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };
    const { rooms } = roomIntents({
      words: withoutConfirms(commitWords(range)),
      specs: new Map(),
      roomOfPath: (path) => paths[path] ?? null,
      refusedItems: () => ["entity/refused"],
      whyUsed: () => null,
      standingOf: () => "own",
    });
    expect([...rooms.values()].flatMap(({ confirmations }) => confirmations)).to.deep.equal([]);
    expect(rooms.get("room-a")?.dryRun).to.include({ kind: "on", commit: "c3" });
    expect(rooms.get("room-b")?.dryRun).to.include({ kind: "off" });
    expect(rooms.get("room-b")?.confirmedByName).to.equal(false);
    const ignored = rooms.get("room-a")?.ignored.map(({ line, reason }) => `${line} ${reason}`);
    expect(ignored?.[0]).to.match(/^`?Confirm: true`? CommitsNotRead: /);
  });

  it("asks first for what tells which rooms a `Dry-Run` holds", () => {
    const stories = [
      { message: say("Confirm: true"), files: { "c.yaml": specA("e1"), "d.yaml": specB("e2") } },
      { message: say("Dry-Run: true"), files: { "e.yaml": aRoomSpec({ roomId: "room-e" }) } },
    ];
    const { range } = aCommitRange(START, stories);
    const held = range.commits[1]?.touches[0]?.after;
    const needed = neededSpecs(commitWords(range), () => null);
    expect(needed).to.have.length(3);
    expect(needed[0]).to.equal(held);
  });
});
