import { expect } from "chai";
import * as fc from "fast-check";
import { askedWaitMs, parseRetryAfter } from "../../../agent/kernel/retry-after.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12, 0, 0);

describe("parseRetryAfter", () => {
  for (const { header, want } of [
    { header: undefined, want: undefined },
    { header: "", want: undefined },
    { header: "3", want: 3000 },
    { header: " 7 ", want: 7000 },
    { header: "0", want: 0 },
    { header: "1000000000", want: 3_600_000 },
    { header: "9".repeat(400), want: 3_600_000 },
    { header: "-1", want: undefined },
    { header: "1.5", want: undefined },
    { header: "0x10", want: undefined },
    { header: "soon", want: undefined },
    { header: "Sun, 22 Nov 2026 12:00:30 GMT", want: 30_000 },
    { header: "Sun, 22 Nov 2026 11:00:00 GMT", want: 0 },
    { header: "Sun, 22 Nov 2099 12:00:00 GMT", want: 3_600_000 },
    { header: "Sunday, 22-Nov-26 12:00:30 GMT", want: 30_000 },
    { header: "2026", want: 2_026_000 },
    { header: "3600", want: 3_600_000 },
    { header: "3601", want: 3_600_000 },
    { header: "1e3", want: undefined },
    { header: "2026-11-22T12:00:30Z", want: undefined },
    { header: "Xxx, 99 Foo 2026 12:00:30 GMT", want: undefined },
  ]) {
    it(`reads ${JSON.stringify(header?.slice(0, 40))} as ${want} ms`, () => {
      expect(parseRetryAfter(header, NOW_MS)).to.equal(want);
    });
  }

  it("shows a wait as it is asked for, up to a hundred years", () => {
    const years = 100 * 365 * 86_400_000;
    expect(askedWaitMs("86400", NOW_MS)).to.equal(86_400_000);
    expect(askedWaitMs("Mon, 23 Nov 2026 12:00:00 GMT", NOW_MS)).to.equal(86_400_000);
    expect(askedWaitMs("9".repeat(400), NOW_MS)).to.equal(years);
    expect(askedWaitMs("Sun, 22 Nov 9999 12:00:00 GMT", NOW_MS)).to.equal(years);
    expect(askedWaitMs("Sun, 22 Nov 2026 11:00:00 GMT", NOW_MS)).to.equal(0);
    expect(askedWaitMs("-1", NOW_MS)).to.equal(undefined);
  });

  it("gives a wait within an hour or none, whatever the header", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String)), (header) => {
        const waitMs = parseRetryAfter(header, NOW_MS);
        return waitMs === undefined || (waitMs >= 0 && waitMs <= 3_600_000);
      }),
      { numRuns: 300 },
    );
  });
});
