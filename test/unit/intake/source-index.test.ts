import { expect } from "chai";
import { problemText } from "../../../agent/intake/intake-rows.ts";
import {
  hasTaken,
  loadIndex,
  RoomOwners,
  standingFact,
  toIndexedFile,
} from "../../../agent/intake/source-index.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aFileRow, anInput, aRoomRow } from "../../support/a-row.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

const GOOD = aFileRow({ valid: true, oid: "spec-1", inputs: anInput("1") });
const BROKEN = aFileRow({
  valid: false,
  errors: [{ path: "a", line: 1, column: 1, message: "wrong" }],
  inputs: null,
});
const problem = (message: string) => ({
  reason: "SpecInvalid" as const,
  message,
  revision: "main@sha1:1",
});
const SAID = { digest: "digest-1", specOid: "spec-1" };
const OTHER_TEXT = { ...GOOD, oid: "spec-2" };
const POSTED = { overridden: true, head: anInput("posted") };

describe("what a room took from its file", () => {
  const rows: readonly [string, Partial<Room>, typeof GOOD, boolean][] = [
    ["the same spec", { head: anInput("1") }, GOOD, true],
    ["another spec", { head: anInput("2") }, GOOD, false],
    ["the same spec in other words", { head: anInput("1") }, OTHER_TEXT, false],
    ["a file that broke", { head: anInput("1") }, BROKEN, false],
    ["a problem that is known", { headProblem: problem(problemText(BROKEN)) }, BROKEN, true],
    ["another problem", { headProblem: problem("another") }, BROKEN, false],
    ["a file that works again", { head: anInput("1"), headProblem: problem("was") }, GOOD, false],
    ["a spec that was put aside", { ...POSTED, overriddenFile: SAID }, GOOD, true],
    ["one after it was put aside", { ...POSTED, overriddenFile: SAID }, OTHER_TEXT, false],
    ["a broken one put aside", { ...POSTED, overriddenFile: "unusable" }, BROKEN, true],
    ["a broken one put aside, mended", { ...POSTED, overriddenFile: "unusable" }, GOOD, false],
    ["it is not known what was put aside", POSTED, GOOD, true],
  ];
  for (const [what, row, file, expected] of rows) {
    it(`${what}: ${expected ? "taken" : "news"}`, () => {
      expect(hasTaken(standingFact(aRoomRow(row)), toIndexedFile(file))).to.equal(expected);
    });
  }
});

describe("the files on record of a source", () => {
  it("are read in turns, however many they are", async () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({
      ...GOOD,
      path: `${at}.yaml`,
      get roomId() {
        work(1);
        return `room-${at}`;
      },
    }));
    const store = { readFiles: () => Promise.resolve(rows) };
    let paths: readonly string[] = [];
    const turns = await othersTurns(async () => {
      const index = await loadIndex("specs", { store, owners: new RoomOwners() });
      paths = Array.from(index.files(), ({ path }) => path);
    });
    expect(turns).to.be.at.least(4);
    expect(paths).to.deep.equal(rows.map(({ path }) => path));
  });
});

describe("the moment of who owns what", () => {
  const lost = {
    source: "specs",
    path: "b.yaml",
    reason: "RoomNotAllowed" as const,
    since: "2026-01-01T00:00:00Z",
  };
  const owned = (path: string) => aRoomRow({ owner: { kind: "git", source: "specs", path } });

  it("is another one after a room changed hands, and stays after any other news of it", () => {
    const owners = new RoomOwners();
    const moments: number[] = [];
    const note = (row: Room) => {
      owners.set("room-a", standingFact(row));
      moments.push(owners.moment);
    };
    note(owned("a.yaml"));
    note({ ...owned("a.yaml"), headProblem: problem("broken") });
    note(owned("b.yaml"));
    note(aRoomRow({ owner: { kind: "api" } }));
    note(aRoomRow({ owner: null }));
    note(aRoomRow({ owner: null, lostOwner: lost }));
    owners.drop("room-a");
    moments.push(owners.moment);
    expect(moments).to.deep.equal([1, 1, 2, 3, 4, 5, 6]);
  });

  it("is another one after a file names another room, and stays where it says something else of the same room", async () => {
    const owners = new RoomOwners();
    const store = { readFiles: () => Promise.resolve([{ ...GOOD, roomId: "room-a" }]) };
    const index = await loadIndex("specs", { store, owners });
    const moments = [owners.moment];
    const act = (change: () => void) => {
      change();
      moments.push(owners.moment);
    };
    act(() => index.put({ ...OTHER_TEXT, roomId: "room-a" }));
    act(() => index.put({ ...GOOD, roomId: "room-b" }));
    act(() => index.put({ ...GOOD, roomId: "room-b", ignoredBy: "left out" }));
    act(() => index.drop(GOOD.path));
    expect(moments).to.deep.equal([1, 1, 2, 3, 3]);
  });
});
