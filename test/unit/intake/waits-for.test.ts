import { expect } from "chai";
import { isStillWaiting } from "../../../agent/intake/waits-for.ts";

const WAITS = { source: "b", path: "b/x.yaml", head: "h", by: "a" };

function lasts(view: {
  readonly source: string;
  readonly read?: readonly string[];
  readonly movedTo?: string | null;
  readonly left?: readonly string[];
}): boolean {
  const { source, read = [], movedTo, left = [] } = view;
  const found = movedTo == null ? movedTo : { source: movedTo, path: "b/y.yaml" };
  const hasRead = (commit: string) => read.includes(commit);
  const seen = { source, hasRead, movedTo: () => found };
  return isStillWaiting({ roomId: "lab", waits: WAITS }, seen, left);
}

describe("a room whose file came to another source", () => {
  it("waits until that source has read the commit", () => {
    expect(lasts({ source: "b", read: ["older"] })).to.equal(true);
    expect(lasts({ source: "b", read: ["older", "h"] })).to.equal(false);
  });

  it("waits whatever further sources read", () => {
    expect(lasts({ source: "c", read: ["h"], movedTo: null })).to.equal(true);
  });

  it("waits no more once the source that saw it finds the file gone, or elsewhere", () => {
    expect(lasts({ source: "a", read: ["h"] }), "not looked").to.equal(true);
    expect(lasts({ source: "a", movedTo: "b" })).to.equal(true);
    expect(lasts({ source: "a", movedTo: null })).to.equal(false);
    expect(lasts({ source: "a", movedTo: "c" })).to.equal(false);
  });

  it("waits no more for a source that is not configured any more", () => {
    expect(lasts({ source: "c", left: ["b"] })).to.equal(false);
  });
});
