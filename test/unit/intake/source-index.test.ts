import { expect } from "chai";
import { problemText } from "../../../agent/intake/intake-rows.ts";
import { hasTaken, standingFact, toIndexedFile } from "../../../agent/intake/source-index.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aFileRow, anInput, aRoomRow } from "../../support/a-row.ts";

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
