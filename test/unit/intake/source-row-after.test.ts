import { expect } from "chai";
import { historyAfter } from "../../../agent/intake/source-row-after.ts";
import type { CommitRange, CommitRecord } from "../../../agent/source/spec-source.ts";
import { aSourceRow } from "../../support/a-row.ts";

const commit = (oid: string, message: string): CommitRecord => ({
  oid,
  parents: [],
  message,
  author: "Ada <ada@example.org>",
  committer: "Ada <ada@example.org>",
  committedAtMs: 1000,
  touches: [],
});

/** The commits whose `Confirm` a source knows as used after a range. */
function usedAfter(range: CommitRange): readonly string[] | undefined {
  const result = { head: "head", trail: [] };
  const given = { range, name: "main", nowIso: "2026-01-01T00:00:00.000Z" };
  const after = historyAfter(aSourceRow(), result, given);
  return after.usedConfirms?.known.map((used) => used.commit);
}

describe("the history of a source after a snapshot", () => {
  const says = commit("says", "Go\n\nConfirm: room-a");
  const head = commit("head", "Change");

  for (const history of ["first", "descends", "rewritten"] as const) {
    it(`knows the commits with a Confirm as used, whether or not it counted (${history})`, () => {
      expect(usedAfter({ history, commits: [says, head] })).to.deep.equal(["says"]);
    });
  }

  it("knows those that could not be looked at", () => {
    const unread = { unread: "LimitExceeded: too many", said: [says, head] };
    expect(usedAfter({ history: "rewritten", commits: [head], ...unread })).to.deep.equal(["says"]);
    expect(
      usedAfter({ history: "rewritten", commits: [head], ...unread, said: null }),
    ).to.deep.equal([]);
  });
});
