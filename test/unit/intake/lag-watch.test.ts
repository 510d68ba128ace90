import { expect } from "chai";
import { LagWatch, type HeadLook } from "../../../agent/intake/lag-watch.ts";

const look = (atMs: number, fresh: boolean): HeadLook => ({
  fresh,
  askedMs: atMs,
  answeredMs: atMs + 10,
});

describe("LagWatch", () => {
  let watch: LagWatch;
  beforeEach(() => {
    watch = new LagWatch(5_000);
    expect(watch.judge("a", look(0, false))).to.deep.equal({ kind: "other" });
    expect(watch.doubt("a", look(0, false))).to.equal(5_000);
  });

  const cases = [
    { name: "too early", at: look(5_009, true), want: { kind: "wait", leftMs: 1 } },
    {
      name: "late, over the same connection",
      at: look(9_000, false),
      want: { kind: "wait", leftMs: 0 },
    },
    { name: "late, over a new connection", at: look(5_010, true), want: { kind: "confirmed" } },
  ] as const;
  for (const { name, at, want } of cases) {
    it(`answers ${want.kind} to the same head ${name}`, () => {
      expect(watch.isDoubting).to.equal(true);
      expect(watch.judge("a", at)).to.deep.equal(want);
    });
  }

  it("starts over when another answer comes in between", () => {
    expect(watch.judge("b", look(6_000, true))).to.deep.equal({ kind: "other" });
    expect(watch.isDoubting).to.equal(false);
    expect(watch.judge("a", look(7_000, true))).to.deep.equal({ kind: "other" });
  });

  it("waits no longer than told with a tolerance of nothing, and still asks over a new connection", () => {
    const now = new LagWatch(0);
    now.doubt("a", look(0, false));
    expect(now.judge("a", look(10, false)).kind).to.equal("wait");
    expect(now.judge("a", look(10, true)).kind).to.equal("confirmed");
  });
});
