import { expect } from "chai";
import { hash } from "node:crypto";
import {
  FailureSets,
  knownFailures,
  MOST_EQUAL_FAILURES,
  someEnded,
  toEqualFailures,
  type KnownFailure,
} from "../../../agent/room/equal-failures.ts";

const digest = (text: string) => hash("sha256", text, "base64").slice(0, 16);
const key = (at: number) => digest(`action ${at}`);
const AT = "2026-01-01T00:00:00.000Z";

function failures(count: number, more: Partial<KnownFailure> = {}) {
  return new Map(
    Array.from({ length: count }, (_, at): [string, KnownFailure] => [
      key(at),
      { end: digest("refused"), repeats: 1, recordedAt: AT, ...more },
    ]),
  );
}

const endsOf = (all: ReadonlyMap<string, KnownFailure>) =>
  new FailureSets([...all].map(([one, { end }]) => [one, end]));

describe("equal failures of a room", () => {
  for (const count of [1, MOST_EQUAL_FAILURES, MOST_EQUAL_FAILURES + 1, 20_000]) {
    it(`are known in a bounded document where they are ${count}`, () => {
      const all = failures(count);
      const stored = toEqualFailures(all);
      expect(JSON.stringify(stored).length).to.be.lessThan(18_500);
      const known = knownFailures(stored);
      const ends = endsOf(all);
      expect([...all.keys()].every((one) => known.isRepeat(one, ends))).to.equal(true);
      expect(known.of(key(0), ends)).to.include({ repeats: 1, recordedAt: AT });
      expect(known.of(key(count), ends)).to.equal(undefined);
      expect(known.isRepeat(key(count), ends)).to.equal(false);
      const other = new Map(all).set(key(0), { end: digest("x"), repeats: 1, recordedAt: AT });
      const otherEnds = endsOf(other);
      const news = [...other.keys()].filter((one) => !known.isRepeat(one, otherEnds));
      expect(news).to.include(key(0));
      expect(news.length).to.be.lessThan(count / 256 + 60);
      expect(someEnded(stored, stored)).to.equal(false);
      const fewer = new Map(all);
      fewer.delete(key(0));
      expect(someEnded(stored, toEqualFailures(fewer))).to.equal(true);
    });
  }

  it("have ended where one of a set is not made any more, and its others are news", () => {
    const all = failures(MOST_EQUAL_FAILURES + 2);
    const known = knownFailures(toEqualFailures(all));
    const fewer = new Map(all);
    fewer.delete(key(0));
    const ends = endsOf(fewer);
    const news = [...fewer.keys()].filter((one) => known.of(one, ends) === undefined);
    expect(news.length).to.be.lessThan(20);
  });

  it("count the oldest records and the fewest repeats of a set", () => {
    const all = failures(MOST_EQUAL_FAILURES + 1, { repeats: 3 });
    const newer = "2026-01-02T00:00:00.000Z";
    all.set(key(0), { end: digest("refused"), repeats: 0, recordedAt: newer });
    const known = knownFailures(toEqualFailures(all)).of(key(0), endsOf(all));
    const { size } = new Set([...all.keys()].filter((one) => isWith(one, key(0))));
    expect(known).to.include({ repeats: 0, recordedAt: size > 1 ? AT : newer });
  });
});

function isWith(one: string, other: string): boolean {
  const first = (text: string) => Buffer.from(text, "base64")[0];
  return first(one) === first(other);
}
