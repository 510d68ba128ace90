import { expect } from "chai";
import { parseRetryAfter } from "../../../agent/source/git-retry-after.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0);

describe("parseRetryAfter", () => {
  const cases: { header: string | undefined; want: number | undefined }[] = [
    { header: undefined, want: undefined },
    { header: "", want: undefined },
    { header: "7", want: 7_000 },
    { header: " 0 ", want: 0 },
    { header: "3600", want: 3_600_000 },
    { header: "3601", want: 3_600_000 },
    { header: "1000000000", want: 3_600_000 },
    { header: "9".repeat(400), want: 3_600_000 },
    { header: "-5", want: undefined },
    { header: "1.5", want: undefined },
    { header: "1e3", want: undefined },
    { header: "0x10", want: undefined },
    { header: "soon", want: undefined },
    { header: "2026", want: 2_026_000 },
    { header: "Thu, 01 Jan 2026 12:00:30 GMT", want: 30_000 },
    { header: "Thu, 01 Jan 2026 11:00:00 GMT", want: 0 },
    { header: "Fri, 02 Jan 2026 12:00:00 GMT", want: 3_600_000 },
    { header: "Thu, 99 Foo 2026 12:00:00 GMT", want: undefined },
    { header: "2026-01-01T12:00:30Z", want: undefined },
  ];
  for (const { header, want } of cases) {
    const shown = JSON.stringify(header)?.slice(0, 40);
    it(`reads ${shown} as ${want}`, () => {
      expect(parseRetryAfter(header, NOW_MS)).to.equal(want);
    });
  }
});
