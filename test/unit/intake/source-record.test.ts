import { expect } from "chai";
import { SourceRecord } from "../../../agent/intake/source-record.ts";
import type { StoreChange } from "../../../agent/store/store.ts";
import { aSourceRow } from "../../support/a-row.ts";

const FAILING = {
  reason: "SourceEmptied" as const,
  message: "",
  since: "2026-01-01T00:00:00.000Z",
};

describe("SourceRecord", () => {
  it("makes each change from the row as it is then, whatever is under way", async () => {
    const written: StoreChange[] = [];
    const record = new SourceRecord(aSourceRow({ lastError: FAILING, syncedRevision: null }), {
      write: async (changes) => {
        await new Promise((resolve) => setImmediate(resolve));
        written.push(...changes);
      },
    });
    await Promise.all([
      record.update((now) => ({ row: { ...now, lastError: null } })),
      record.update((now) => ({ row: { ...now, syncedRevision: "main@sha1:a" } })),
    ]);
    const want = aSourceRow({ lastError: null, syncedRevision: "main@sha1:a" });
    expect(record.row).to.deep.equal(want);
    expect(written.at(-1)).to.deep.equal({ kind: "source", row: want });
  });

  it("stays as it was when nothing changes, and when the store refuses", async () => {
    const row = aSourceRow({});
    const record = new SourceRecord(row, { write: () => Promise.reject(new Error("full")) });
    await record.update(() => null);
    const refused = await record
      .update((now) => ({ row: { ...now, hadSpecs: !now.hadSpecs } }))
      .catch((error: unknown) => error);
    expect(refused).to.be.an("error");
    expect(record.row).to.equal(row);
  });
});
