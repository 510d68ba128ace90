import { expect } from "chai";
import { ALREADY_USED } from "../../../agent/intent/commit-words.ts";
import { whyUsedBy } from "../../../agent/intent/why-used.ts";
import {
  joinConfirms,
  MOST_CONFIRMS,
  NO_CONFIRMS,
  type UsedConfirms,
} from "../../../agent/room/used-confirms.ts";

const SECOND = 1000;

/** Commits named by their times, from one second on. */
function upTo(seconds: number, from = 1): UsedConfirms {
  const known = [];
  for (let at = from; at <= seconds; at += 1) known.push({ commit: `c${at}`, atMs: at * SECOND });
  return { known, forgottenMs: null };
}

function why(used: UsedConfirms, at: number, oid = `c${at}`): string | undefined {
  const reason = whyUsedBy(used)({ oid, committedAtMs: at * SECOND });
  return reason?.split(":")[0];
}

describe("commits whose Confirm was read", () => {
  it("are joined, each once, the newest first", () => {
    const joined = joinConfirms([upTo(2), NO_CONFIRMS, upTo(3, 2)]);
    expect(joined.known.map(({ commit }) => commit)).to.deep.equal(["c3", "c2", "c1"]);
    expect(joined.forgottenMs).to.equal(null);
  });

  it("are told from new ones", () => {
    const used = joinConfirms([upTo(3)]);
    expect(whyUsedBy(used)({ oid: "c2", committedAtMs: 2 * SECOND })).to.equal(ALREADY_USED);
    expect(why(used, 1, "new")).to.equal(undefined);
  });

  it("are forgotten by committer time over the bound, and what may be one of those does not count", () => {
    const used = joinConfirms([upTo(MOST_CONFIRMS + 8)]);
    expect(used.known).to.have.length(MOST_CONFIRMS);
    expect(used.forgottenMs).to.equal(8 * SECOND);
    expect(why(used, 9)).to.equal("AlreadyUsed");
    for (const at of [0, 1, 8]) expect(why(used, at, "any")).to.equal("MayBeUsed");
    expect(why(used, 9, "new")).to.equal(undefined);
  });

  it("are forgotten whichever of equal times they have", () => {
    const same = Array.from({ length: MOST_CONFIRMS + 1 }, (_, at) => ({
      commit: `${at}`,
      atMs: 5,
    }));
    const used = joinConfirms([{ known: same, forgottenMs: null }]);
    for (const { commit, atMs } of same)
      expect(whyUsedBy(used)({ oid: commit, committedAtMs: atMs })).to.be.a("string");
  });

  it("stay forgotten, however they are joined", () => {
    const full = joinConfirms([upTo(MOST_CONFIRMS + 8)]);
    for (const all of [[full, upTo(4)], [upTo(4), full], [full, full], [{ ...full, known: [] }]])
      expect(joinConfirms(all).forgottenMs).to.equal(8 * SECOND);
    const later = joinConfirms([full, upTo(MOST_CONFIRMS + 9)]);
    expect(later.forgottenMs).to.equal(9 * SECOND);
  });

  it("keep one that is dated far ahead, so that it holds back no others", () => {
    const ahead = { known: [{ commit: "ahead", atMs: 9e12 }], forgottenMs: null };
    const used = joinConfirms([ahead, upTo(MOST_CONFIRMS + 8)]);
    expect(used.known[0]).to.deep.equal(ahead.known[0]);
    expect(used.forgottenMs).to.equal(9 * SECOND);
  });
});
