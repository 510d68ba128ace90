import { expect } from "chai";
import { leftDryRuns, sameFile } from "../../../agent/intake/left-dry-runs.ts";
import type { FileRow } from "../../../agent/room/rows.ts";
import { aFileRow } from "../../support/a-row.ts";

const ASKED = { commit: "c1" };

describe("dry runs that sources which are not configured any more kept", () => {
  const left = (rows: Readonly<Record<string, readonly FileRow[]>>) =>
    leftDryRuns(Object.keys(rows), { readFiles: (source) => Promise.resolve(rows[source] ?? []) });
  const file = (given: Partial<FileRow>) => aFileRow({ path: "a.room.yaml", oid: "1", ...given });

  it("are those of the very same file", async () => {
    const kept = await left({ old: [file({ asked: ASKED }), file({ path: "b.room.yaml" })] });
    expect([...kept]).to.deep.equal([[sameFile({ path: "a.room.yaml", oid: "1" }), ASKED]]);
    expect(kept.get(sameFile({ path: "a.room.yaml", oid: "2" }))).to.equal(undefined);
  });

  for (const asked of [null, undefined]) {
    it(`are none where another name of the source does not keep it (${asked})`, async () => {
      const after = file(asked === undefined ? {} : { asked });
      const before = file({ asked: ASKED });
      expect((await left({ old: [before], older: [after] })).size).to.equal(0);
      expect((await left({ older: [after], old: [before] })).size).to.equal(0);
    });
  }
});
