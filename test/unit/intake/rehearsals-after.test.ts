import { expect } from "chai";
import { rehearsalsAfter } from "../../../agent/intake/rehearsals-after.ts";
import { NO_SPEC } from "../../../agent/room/rehearsals.ts";
import { aRoomRow, anInput } from "../../support/a-row.ts";

describe("rehearsalsAfter", () => {
  it("remembers each dry run that a room comes with and leaves, but for one that was about no spec", () => {
    const row = aRoomRow({ head: anInput() });
    const left = [
      { commit: "of-prune", oid: NO_SPEC },
      { commit: "of-spec", oid: "old" },
      { commit: "of-none" },
    ];
    const given = { history: "descends", before: null, intent: undefined } as const;
    const { rehearsals } = rehearsalsAfter(row, left, given);
    expect(rehearsals).to.deep.equal([{ commit: "of-spec", oid: "old" }]);
  });

  it("remembers one that lasts over another spec, where it is not known what ended it, with its own", () => {
    const before = aRoomRow({ head: { ...anInput(), specOid: "old" }, dryRun: { commit: "c1" } });
    const row = { ...before, head: anInput() };
    const given = { before, intent: undefined };
    const of = (history: "first" | "descends") =>
      rehearsalsAfter(row, [{ commit: "c1" }], { ...given, history }).rehearsals;
    const old = { commit: "c1", oid: "old", inputs: before.head?.digest };
    expect(of("first")).to.deep.equal([old]);
    expect(of("descends")).to.deep.equal([]);
  });
});
