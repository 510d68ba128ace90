import { expect } from "chai";
import { DryRunDraft } from "../../../agent/intent/dry-run-draft.ts";
import { MOST_REHEARSALS } from "../../../agent/room/rehearsals.ts";

const change = (was: string | null, is: string | null) => ({
  was,
  is,
  isLost: false,
  reseeded: false,
});
const LOST = { ...change("a", null), isLost: true };

describe("DryRunDraft", () => {
  let draft: DryRunDraft;

  beforeEach(() => {
    draft = new DryRunDraft();
  });

  /** A commit that touches the room and asks for a dry run. */
  function tried(commit: string, what: Parameters<DryRunDraft["touched"]>[0]): void {
    draft.touched(what);
    draft.hold({ commit });
  }

  it("is about the spec that its commit leaves, or that the room has where the commit only names it", () => {
    tried("c1", change("a", "b"));
    draft.touched(change("b", "c"));
    expect(draft.word).to.deep.equal({
      kind: "off",
      asked: { oid: "b", dryRun: { commit: "c1" } },
    });
    draft = new DryRunDraft();
    draft.hold({ commit: "c1" });
    draft.touched(change("a", "b"));
    expect(draft.ended).to.deep.equal([{ commit: "c1", oid: "a" }]);
  });

  it("keeps each dry run that ended, newest first, one for each spec", () => {
    tried("c1", change("a", "b"));
    tried("c2", change("b", "c"));
    tried("c3", change("c", "b"));
    draft.touched(change("b", "d"));
    expect(draft.ended).to.deep.equal([
      { commit: "c3", oid: "b" },
      { commit: "c2", oid: "c" },
    ]);
  });

  it("keeps one more than a room remembers", () => {
    for (let at = 0; at < 20; at += 1) tried(`c${at}`, change(`s${at - 1}`, `s${at}`));
    const { ended } = draft;
    expect(ended).to.have.length(MOST_REHEARSALS + 1);
    expect(ended[0]).to.deep.equal({ commit: "c18", oid: "s18" });
  });

  it("is about no spec where its commit leaves no file, and the one before it still counts", () => {
    tried("c1", LOST);
    draft.touched(change(null, "a"));
    expect(draft.word).to.deep.equal({ kind: "off" });
    expect(draft.ended).to.deep.equal([]);
    draft = new DryRunDraft();
    tried("c1", change("a", "b"));
    tried("c2", LOST);
    draft.touched(change(null, "b"));
    expect(draft.word).to.deep.equal({
      kind: "off",
      asked: { oid: "b", dryRun: { commit: "c1" } },
    });
  });

  it("is not remembered with the spec that its commit broke", () => {
    draft.touched(change("a", "b"));
    tried("c1", change("b", null));
    draft.touched(change(null, "c"));
    expect(draft.ended).to.deep.equal([]);
  });

  it("ends with a seed under the spec, and is remembered", () => {
    tried("c1", change("a", "b"));
    draft.touched({ ...change("b", "b"), reseeded: true });
    expect(draft.word).to.deep.equal({ kind: "off" });
    expect(draft.ended).to.deep.equal([{ commit: "c1", oid: "b" }]);
  });

  it("confirms the spec that the room has, and no other", () => {
    tried("c1", change("a", "b"));
    tried("c2", change("b", "c"));
    draft.confirm();
    draft.touched(change("c", "d"));
    expect(draft.word).to.deep.equal({ kind: "off", byName: true });
    expect(draft.ended).to.deep.equal([{ commit: "c1", oid: "b" }]);
    expect(draft.confirmed).to.deep.equal(["c"]);
  });

  it("knows what would be said without any confirmation since the last dry run", () => {
    tried("c1", change("a", "b"));
    draft.confirm();
    expect(draft.word).to.deep.equal({ kind: "off", byName: true });
    expect(draft.unconfirmed).to.deep.equal({ kind: "on", commit: "c1" });
    draft.touched(change("b", "c"));
    const asked = { oid: "b", dryRun: { commit: "c1" } };
    expect(draft.unconfirmed).to.deep.equal({ kind: "off", asked });
    draft.touched(change("c", "b"));
    expect(draft.unconfirmed).to.deep.equal({ kind: "off", asked });
    expect(draft.word).to.deep.equal({ kind: "off", byName: true });
    draft.hold({ commit: "c4" });
    expect(draft.unconfirmed).to.deep.equal({ kind: "on", commit: "c4" });
  });

  it("confirms the spec from before where no commit touches the room, and none where no file is left", () => {
    draft.confirm();
    expect(draft.confirmed).to.deep.equal([null]);
    draft = new DryRunDraft();
    draft.touched(LOST);
    draft.confirm();
    expect(draft.confirmed).to.deep.equal([]);
  });
});
