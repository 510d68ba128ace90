import { expect } from "chai";
import type { RoomIntent } from "../../../agent/intent/room-intent.ts";
import { nextDryRun } from "../../../agent/intent/next-dry-run.ts";

const before = { commit: "old" };
const touch = { history: "descends", inputsChanged: true } as const;
const intent = (dryRun: RoomIntent["dryRun"]): RoomIntent => ({
  touched: true,
  named: false,
  dryRun,
  confirmations: [],
  confirmedByName: false,
  ignored: [],
});

describe("nextDryRun", () => {
  it("follows the commits where they decide, changed inputs or not", () => {
    for (const inputsChanged of [true, false]) {
      const given = { ...touch, inputsChanged };
      expect(nextDryRun(before, intent({ kind: "on", commit: "c1" }), given)).to.deep.equal({
        commit: "c1",
      });
      expect(nextDryRun(before, intent({ kind: "off" }), given)).to.equal(null);
    }
  });

  it("ends when silent commits change the room, and stands when they do not", () => {
    for (const silent of [undefined, intent({ kind: "unchanged" })]) {
      expect(nextDryRun(before, silent, touch)).to.equal(null);
      expect(nextDryRun(before, silent, { ...touch, inputsChanged: false })).to.equal(before);
    }
  });

  it("stands when the commits are not known", () => {
    for (const history of ["first", "rewritten"] as const) {
      expect(nextDryRun(before, undefined, { history, inputsChanged: true })).to.equal(before);
      expect(nextDryRun(null, undefined, { history, inputsChanged: true })).to.equal(null);
    }
  });
});
